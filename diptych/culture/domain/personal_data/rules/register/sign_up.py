"""The register: the way from sign-up to credit. The fraud journal stays, emptied of what says who somebody is."""

from typing import Final

from ...terms import Category, Kept
from .shapes import CUT, ELIGIBILITY, EMPTY, SECURITY, Row, Table, _, hidden, plain, seen

_MINE: Final = "person_id = %(person)s"

ROWS: Final = (
    Table(
        "eligibility_phonetry",
        SECURITY,
        (*hidden("id person_id", Category.LINK), seen("at", Category.TRACE, _("Wrong code typed on"))),
        title=_("Wrong codes"),
        of=_MINE,
        row=Row.DROPPED,
        order="at",
    ),
    Table(
        "eligibility_reminder",
        ELIGIBILITY,
        (*hidden("id person_id attempt", Category.LINK), seen("at", Category.TRACE, _("Reminder sent on"))),
        title=_("Sign-up reminders"),
        of=_MINE,
        row=Row.DROPPED,
        order="at",
    ),
    Table(
        "eligibility_bonusrequest",
        ELIGIBILITY,
        (
            *hidden("id person_id attempt", Category.LINK),
            seen("last_name", Category.IDENTITY, _("Parent’s family name")),
            seen("first_name", Category.IDENTITY, _("Parent’s given name")),
            seen("birth_date", Category.BIRTH, _("Parent’s birth date")),
            seen("custodian_gender", Category.IDENTITY, _("Parent’s sex")),
            seen("birth_commune", Category.PLACE, _("Parent’s commune of birth")),
            seen("gender", Category.IDENTITY, _("Sex on your birth certificate")),
            seen("at", Category.TRACE, _("Bonus asked for on")),
        ),
        title=_("Request for the bonus that waits"),
        of=_MINE,
        row=Row.DROPPED,
        order="at",
    ),
    Table("eligibility_refusedphone", ELIGIBILITY, plain("id phone_hash why actor at")),
    Table(
        "eligibility_phonecode",
        SECURITY,
        (
            *hidden("id person_id", Category.LINK),
            seen("phone", Category.CONTACT, _("Phone number")),
            seen("made_at", Category.TRACE, _("Code sent on")),
            seen("expires_at", Category.TRACE, _("Good until")),
            seen("used_at", Category.TRACE, _("Code used on")),
        ),
        title=_("Codes sent by SMS"),
        of=_MINE,
        row=Row.DROPPED,
        order="made_at",
    ),
    Table(
        "eligibility_fraudcheck",
        ELIGIBILITY,
        (
            *hidden("id person_id attempt", Category.LINK, kept=Kept.NUMBER),
            seen("type", Category.ACCOUNT, _("Kind of check"), kept=Kept.PROOF),
            seen("status", Category.ACCOUNT, _("State it is in"), kept=Kept.PROOF),
            seen("eligibility", Category.ACCOUNT, _("Scheme it was for"), kept=Kept.PROOF),
            seen("reasons", Category.ACCOUNT, _("Reasons found"), kept=Kept.PROOF),
            seen("answer", Category.IDENTITY, _("What the check read"), "'{}'"),
            *hidden("actor", Category.LINK, kept=Kept.PROOF),
            *hidden("event", Category.LINK, EMPTY),
            seen("registered_at", Category.TRACE, _("File made on"), CUT),
            seen("made_at", Category.TRACE, _("Written on"), CUT),
        ),
        title=_("Checks of the sign-up"),
        of=_MINE,
        row=Row.KEPT,
        order="id",
    ),
    Table(
        "eligibility_fraudreview",
        ELIGIBILITY,
        (
            *hidden("id person_id", Category.LINK, kept=Kept.NUMBER),
            seen("result", Category.ACCOUNT, _("Decision taken"), kept=Kept.PROOF),
            *hidden("why", Category.TRACE, EMPTY),
            *hidden("actor", Category.LINK, kept=Kept.PROOF),
            seen("at", Category.TRACE, _("Decided on"), CUT),
        ),
        title=_("Decisions on the sign-up"),
        of=_MINE,
        row=Row.KEPT,
        order="id",
    ),
)
