"""The register: journal, outbox, queue, and the tables by which the machine runs."""

from typing import Final

from ...terms import Category, Kept
from .shapes import ACCOUNT, MACHINE, MESSAGE, PROOF, Row, Table, _, hidden, plain, seen


def _machine(name: str, columns: str) -> Table:
    return Table(name, MACHINE, plain(columns))


ROWS: Final = (
    Table(
        "journal_entry",
        PROOF,
        (
            *plain("id previous digest"),
            *hidden("actor subject", Category.LINK, kept=Kept.PROOF),
            seen("at", Category.TRACE, _("When it was"), kept=Kept.PROOF),
            seen("act", Category.TRACE, _("Act"), kept=Kept.PROOF),
            seen("facts", Category.TRACE, _("Details of the act"), kept=Kept.PROOF),
        ),
        title=_("Journal of acts on the account"),
        of="(subject = 'person:' || %(person)s::bigint or actor = 'person:' || %(person)s::bigint)",
        row=Row.KEPT,
        order="id",
    ),
    Table(
        "outbox_message",
        MESSAGE,
        (
            *plain("id due_at attempts state ended_at fault"),
            *hidden("key payload", Category.LINK, kept=Kept.MESSAGES),
            seen("topic", Category.TRACE, _("Message announced"), kept=Kept.MESSAGES),
            seen("written_at", Category.TRACE, _("Written on"), kept=Kept.MESSAGES),
        ),
        title=_("Messages that were announced"),
        of="payload @> jsonb_build_object('person_id', %(person)s::bigint)",
        row=Row.KEPT,
        order="id",
    ),
    Table(
        "rollout_version",
        PROOF,
        (
            *plain("feature number change of plan"),
            seen("at", Category.TRACE, _("When it was"), kept=Kept.PROOF),
            *hidden("actor", Category.LINK, kept=Kept.PROOF),
            seen("reason", Category.TRACE, _("Reason written"), kept=Kept.PROOF),
        ),
        title=_("Openings that you decided"),
        of="actor = 'person:' || %(person)s::bigint",
        row=Row.KEPT,
        order="at",
    ),
    Table(
        "rollout_seat",
        ACCOUNT,
        (
            *plain("rule number"),
            *hidden("person_id", Category.LINK),
            seen("feature", Category.TRACE, _("New feature")),
            seen("at", Category.TRACE, _("When it was")),
        ),
        title=_("Features opened to the first comers"),
        of="person_id = %(person)s",
        row=Row.DROPPED,
        order="at",
    ),
    _machine("rollout_seats", "feature rule taken"),
    _machine("rollout_outcome", "feature version rule minute slot fine refusals errors"),
    _machine("outbox_receipt", "message_id consumer received_at"),
    _machine(
        "procrastinate_jobs",
        "id queue_name task_name lock args status scheduled_at attempts queueing_lock priority abort_requested worker_id",
    ),
    _machine("procrastinate_events", "id job_id type at"),
    _machine("procrastinate_periodic_defers", "id task_name defer_timestamp job_id periodic_id"),
    _machine("procrastinate_workers", "id last_heartbeat"),
    _machine("django_content_type", "id app_label model"),
    _machine("django_migrations", "id app name applied"),
    _machine("auth_group", "id name"),
    _machine("auth_group_permissions", "id group_id permission_id"),
    _machine("auth_permission", "id name content_type_id codename"),
    _machine("socialaccount_socialapp", "id provider name client_id secret key provider_id settings"),
)
