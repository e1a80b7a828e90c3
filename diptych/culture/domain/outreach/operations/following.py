"""What an officer writes of a place: how far it is, what is next, notes, whom to talk to.

Does not hold days (`planning`) nor which rows are one place (`joining`).
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from .. import terms
from ..models import Contact, Note
from ..rules import why_not_contact, why_not_move, why_not_step
from ..terms import Stage
from .acting import facts_about, file_of, locked_place, tell

from diptych.commons.refusal import deny, stop_if


@transaction.atomic
def move(*, venue_id: int, stage: Stage, officer_id: int, actor: str, at: datetime) -> None:
    """Write how far a place is. Refuses a move that is not in the table, and any where its own offers say it."""
    venue = locked_place(venue_id)
    written = file_of(venue)
    before = Stage(written.stage)
    stop_if(why_not_move(facts_about(venue), by_hand=before, after=stage))
    written.stage, written.stage_before, written.stage_at, written.officer_id = stage, before, at, officer_id
    written.save()
    tell("move", venue_id=venue.pk, actor=actor, at=at, facts={"before": before.value, "after": stage.value})


@transaction.atomic
def undo_move(*, venue_id: int, actor: str, at: datetime) -> None:
    """Take the last move back. Once."""
    venue = locked_place(venue_id)
    written = file_of(venue)
    if not written.stage_before:
        deny(terms.NOTHING_TO_UNDO)
    before, after = written.stage, written.stage_before
    written.stage, written.stage_before, written.stage_at = after, "", at
    written.save()
    tell("undo_move", venue_id=venue.pk, actor=actor, at=at, facts={"before": before, "after": after})


@transaction.atomic
def plan_next(*, venue_id: int, words: str, on: date | None, today: date, officer_id: int, actor: str, at: datetime) -> None:
    """Write what is next at a place, and when; neither: it is done. Whoever writes it follows the place."""
    venue = locked_place(venue_id)
    said = words.strip()[:200]
    stop_if(why_not_step(words=said, on=on, today=today))
    written = file_of(venue)
    written.next_step, written.next_on, written.officer_id = said, on, officer_id
    written.save()
    tell("plan_next", venue_id=venue.pk, actor=actor, at=at, facts={"on": on.isoformat() if on else ""})


@transaction.atomic
def add_note(*, venue_id: int, text: str, actor: str, at: datetime) -> None:
    """Write a note on a place."""
    venue = locked_place(venue_id)
    if not text.strip():
        deny(terms.NOTE_EMPTY)
    made = Note.objects.create(venue=venue, text=text.strip()[:2000], by=actor, at=at)
    tell("add_note", venue_id=venue.pk, actor=actor, at=at, facts={"note": made.pk})


@transaction.atomic
def add_contact(*, venue_id: int, name: str, position: str, email: str, phone: str, told: bool, actor: str, at: datetime) -> None:
    """Keep how to reach somebody of a place, who was told so. The same address again replaces what was kept of it."""
    venue = locked_place(venue_id)
    who, address, number = name.strip()[:120], email.strip().lower(), phone.strip()[:40]
    if address:
        try:
            validate_email(address)
        except ValidationError:
            deny(terms.EMAIL_MALFORMED)
    held = Contact.objects.filter(venue=venue)
    known = held.filter(email=address).first() if address else None
    others = held.exclude(pk=known.pk) if known else held
    stop_if(why_not_contact(name=who, reach=address or number, told=told, held=others.count()))
    contact = known or Contact(venue=venue, email=address)
    contact.name, contact.position, contact.phone, contact.at = who, position.strip()[:80], number, at
    contact.save()
    tell("add_contact", venue_id=venue.pk, actor=actor, at=at, facts={"contact": contact.pk})


@transaction.atomic
def remove_contact(*, venue_id: int, contact_id: int, actor: str, at: datetime) -> None:
    """Keep somebody no longer."""
    venue = locked_place(venue_id)
    removed, _ = Contact.objects.filter(pk=contact_id, venue=venue).delete()
    if not removed:
        deny(terms.CONTACT_MISSING)
    tell("remove_contact", venue_id=venue.pk, actor=actor, at=at, facts={"contact": contact_id})


@transaction.atomic
def look_at_place(*, venue_id: int, actor: str, at: datetime) -> None:
    """Write in the journal that an officer looked at a place, whose file shows people."""
    tell("look_at", venue_id=venue_id, actor=actor, at=at)
