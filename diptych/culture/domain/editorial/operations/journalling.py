"""Each act on a shelf in the journal, in the transaction that did it, whoever started it: Wagtail's screens, our operations, a job.

Wagtail logs its acts in a table of its own, which anybody with the database may change; the journal's chain shows that.
"""

from typing import Any, Final

from django.db import connection
from django.db.models.signals import post_save
from wagtail.models import ModelLogEntry

from ..models import Shelf

from diptych.commons import journal

ACTS: Final = {
    "wagtail.create": "editorial.create",
    "wagtail.edit": "editorial.edit",
    "wagtail.publish": "editorial.publish",
    "wagtail.publish.schedule": "editorial.schedule",
    "wagtail.publish.scheduled": "editorial.publish",
    "wagtail.schedule.cancel": "editorial.unschedule",
    "wagtail.revert": "editorial.revert",
    "wagtail.unpublish": "editorial.take_off",
    "wagtail.unpublish.scheduled": "editorial.expire",
    "wagtail.delete": "editorial.delete",
}
"""Acts by Wagtail's names; the others (a new title, told by the edit) are not written twice."""
JOB: Final = "job:publish_shelves"


def listen() -> None:
    """Begin: once a process."""
    post_save.connect(_tell, sender=ModelLogEntry, dispatch_uid="editorial.journal")


def _tell(instance: ModelLogEntry, created: bool, **_: Any) -> None:
    act = ACTS.get(instance.action)
    if act is None or not created or instance.content_type.model_class() is not Shelf:
        return
    facts = {"revision": instance.revision_id} if instance.revision_id else {}
    with connection.cursor() as cursor:
        journal.write(
            cursor,
            actor=f"person:{instance.user_id}" if instance.user_id else JOB,
            act=act,
            subject=f"shelf:{instance.object_id}",
            at=instance.timestamp,
            facts=facts,
        )
