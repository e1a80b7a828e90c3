"""Shelves composed, revised, published, taken off: in one transaction each, by Wagtail's own acts, so that its screens and these
leave the same versions, and the journal the same lines (beside).

What each field must be is asked by whoever fills it in (`queries.why_not_keep`); constraints stand behind.
"""

from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.actions.unpublish import UnpublishAction
from wagtail.log_actions import log
from wagtail.models import Revision

from ..models import Shelf
from ..queries.editing import why_not_keep
from ..terms import SHELF_MISSING

from diptych.commons.refusal import Refused, deny
from diptych.culture.domain.people.models import Person


@transaction.atomic
def compose(*, by: int, fields: dict[str, Any]) -> int:
    """Write a new shelf as a draft; its number. Refuses what would break it."""
    _stop_what_breaks(fields)
    shelf = Shelf(**fields, live=False)
    shelf.save()
    user = Person.objects.get(pk=by)
    shelf.save_revision(user=user)
    log(instance=shelf, action="wagtail.create", user=user)
    return shelf.pk


@transaction.atomic
def revise(*, shelf_id: int, by: int, fields: dict[str, Any]) -> None:
    """Write a new version of a shelf; what is live stays as it is until the version is published."""
    shelf = _latest(shelf_id)
    for name, value in fields.items():
        setattr(shelf, name, value)
    _stop_what_breaks({field.name: getattr(shelf, field.name) for field in Shelf._meta.fields})
    shelf.save_revision(user=Person.objects.get(pk=by), log_action=True)


@transaction.atomic
def publish(*, shelf_id: int, by: int) -> None:
    """Publish the latest version; where it says from when, at that date."""
    revision = _latest(shelf_id).latest_revision
    revision.publish(user=Person.objects.get(pk=by), skip_permission_checks=True)


@transaction.atomic
def take_off(*, shelf_id: int, by: int) -> None:
    """Take a shelf off the home; it stays as a draft."""
    UnpublishAction(_latest(shelf_id), user=Person.objects.get(pk=by)).execute(skip_permission_checks=True)


def publish_due(*, at: datetime) -> int:
    """Publish the versions whose date has come, take off the shelves whose end has; how many. One transaction each.

    The home does not wait for it (`queries.home`): this makes Wagtail's screens and the journal say what the home shows.
    """
    done = 0
    kind = ContentType.objects.get_for_model(Shelf)
    for number in list(
        Revision.objects.filter(base_content_type=kind, approved_go_live_at__lte=at).order_by("approved_go_live_at")
        .values_list("pk", flat=True)
    ):  # fmt: skip
        with transaction.atomic():
            done += _publish_one(number, at)
    for shelf in Shelf.objects.filter(live=True, expire_at__lte=at):
        with transaction.atomic():
            shelf.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
            done += 1
    return done


def _publish_one(number: int, at: datetime) -> int:
    "One version, unless another worker has just published it."
    row = Revision.objects.select_for_update(skip_locked=True).filter(pk=number, approved_go_live_at__lte=at).first()
    if row is None:
        return 0
    action = PublishRevisionAction(row, changed=True, log_action="wagtail.publish.scheduled")
    action.object.go_live_at = None  # its date has come, by the clock that was handed over
    action.execute(skip_permission_checks=True)
    return 1


def _latest(shelf_id: int) -> Shelf:
    row = Shelf.objects.select_for_update(of=("self",)).filter(pk=shelf_id).first()
    if row is None:
        deny(SHELF_MISSING)
    found: Shelf = row.get_latest_revision_as_object()
    return found


def _stop_what_breaks(fields: dict[str, Any]) -> None:
    for _field, refusal in why_not_keep(fields):
        raise Refused(refusal)
