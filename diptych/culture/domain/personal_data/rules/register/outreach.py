"""The register: what field officers write of places, of those who run them, and of their own days."""

from typing import Final

from ...terms import Category, Kept
from .shapes import NULL, OUTREACH, Row, Table, _, hidden, plain, seen

ROWS: Final = (
    Table(
        "outreach_contact",
        OUTREACH,
        (
            *hidden("id venue_id", Category.LINK),
            seen("name", Category.IDENTITY, _("Name given to the field officers")),
            seen("position", Category.PROFESSIONAL, _("Position")),
            seen("email", Category.CONTACT, _("Address given to the field officers")),
            seen("phone", Category.CONTACT, _("Telephone given to the field officers")),
            seen("at", Category.TRACE, _("Given on")),
        ),
        title=_("How the field officers reach you"),
        of="email = %(email)s and email <> ''",
        row=Row.DROPPED,
        order="at",
    ),
    Table(
        "outreach_note",
        OUTREACH,
        (
            *hidden("id venue_id text by", Category.LINK, kept=Kept.PROOF),
            seen("at", Category.TRACE, _("Written on"), kept=Kept.PROOF),
        ),
        title=_("Notes that you wrote on places"),
        of="by = 'person:' || %(person)s::bigint",
        row=Row.KEPT,
        order="id",
    ),
    Table(
        "outreach_stop",
        OUTREACH,
        (
            *hidden("id officer_id venue_id position", Category.LINK),
            seen("day", Category.PROFESSIONAL, _("Day of a visit")),
            seen("done_at", Category.PROFESSIONAL, _("Seen at")),
        ),
        title=_("Visits that you planned"),
        of="officer_id = %(person)s",
        row=Row.DROPPED,
        order="day, position",
    ),
    Table(
        "outreach_placefile",
        OUTREACH,
        (
            *plain("venue_id stage stage_before stage_at"),
            *hidden("officer_id", Category.LINK, becomes=NULL),
            *hidden("next_step", Category.PROFESSIONAL, kept=Kept.PROOF),
            seen("next_on", Category.PROFESSIONAL, _("Day of the next step"), kept=Kept.PROOF),
        ),
        title=_("Places that you follow"),
        of="officer_id = %(person)s",
        row=Row.KEPT,
        order="venue_id",
    ),
    Table("outreach_sameplace", OUTREACH, plain("id place_id venue_id is_same at")),
)
