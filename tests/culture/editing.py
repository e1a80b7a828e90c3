"""Rows of somebody in the tables by which editors work, Wagtail's among them: those that no screen here fills as well."""

from collections.abc import Callable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.admin.models import EditingSession, FormState
from wagtail.models import (
    Comment,
    CommentReply,
    Locale,
    ModelLogEntry,
    Page,
    PageLogEntry,
    PageSubscription,
    Revision,
    Task,
    TaskState,
    UploadedFile,
    Workflow,
    WorkflowState,
)  # fmt: skip
from wagtail.users.models import UserProfile

from diptych.culture.domain.editorial.models import Shelf
from diptych.culture.domain.people.models import Person
from tests.culture.factories import AT


def _kind() -> ContentType:
    return ContentType.objects.get_for_model(Shelf)


def _page(person: Person) -> Page:
    Locale.objects.get_or_create(language_code="fr")
    page: Page = Page.add_root(
        title="Accueil", slug=f"accueil-{person.pk}", owner=person, locked_by=person, first_published_at=AT
    )
    return page


def _a_page(person: Person) -> Page:
    return Page.objects.filter(owner=person).first() or _page(person)


def _revision(person: Person) -> Revision:
    return Revision.objects.create(
        content_type=_kind(),
        base_content_type=_kind(),
        object_id="77",
        created_at=AT,
        user=person,
        object_str="Ce soir",
        content={},
    )


def _comment(person: Person) -> Comment:
    return Comment.objects.create(page=_a_page(person), user=person, resolved_by=person, text="À revoir.", contentpath="title")


def _workflow(person: Person) -> WorkflowState:
    return WorkflowState.objects.filter(requested_by=person).first() or WorkflowState.objects.create(
        content_type=_kind(), base_content_type=_kind(), object_id="77", requested_by=person,
        workflow=Workflow.objects.create(name="Relecture"),
    )  # fmt: skip


def _task(person: Person) -> TaskState:
    task = Task.objects.create(name="Relire", content_type=ContentType.objects.get_for_model(Task))
    return TaskState.objects.create(
        workflow_state=_workflow(person), revision=_revision(person), task=task, finished_at=AT, finished_by=person,
        content_type=ContentType.objects.get_for_model(TaskState),
    )  # fmt: skip


EDITING: dict[str, Callable[[Person], Any]] = {
    "wagtailcore_page": _a_page,
    "wagtailcore_comment": _comment,
    "wagtailcore_commentreply": lambda person: CommentReply.objects.create(comment=_comment(person), user=person, text="Oui."),
    "wagtailcore_pagesubscription": lambda person: PageSubscription.objects.create(
        user=person, page=_a_page(person), comment_notifications=True
    ),
    "wagtailcore_uploadedfile": lambda person: UploadedFile.objects.create(uploaded_by_user=person, file="affiche.png"),
    "wagtailcore_modellogentry": lambda person: ModelLogEntry.objects.create(
        content_type=_kind(), object_id="77", label="Ce soir", action="wagtail.edit", timestamp=AT, user=person
    ),
    "wagtailcore_pagelogentry": lambda person: PageLogEntry.objects.create(
        content_type=ContentType.objects.get_for_model(Page), page=_a_page(person), label="Accueil", action="wagtail.edit", timestamp=AT,
        user=person,
    ),
    "wagtailcore_revision": _revision,
    "wagtailcore_workflowstate": _workflow,
    "wagtailcore_taskstate": _task,
    "wagtailadmin_editingsession": lambda person: EditingSession.objects.create(
        user=person, content_type=_kind(), object_id="77", last_seen_at=AT
    ),
    "wagtailadmin_formstate": lambda person: FormState.objects.create(
        user=person, content_type=_kind(), object_id="77", data={}, last_updated_at=AT
    ),
    "wagtailusers_userprofile": lambda person: UserProfile.objects.create(user=person),
}  # fmt: skip
"""One a table, for the tests that search what is left of somebody."""
