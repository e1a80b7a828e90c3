"""Words of the youth's pages: how groups, needs, statuses, movements and ends of bookings are said.

Holds English gettext ids beside the codes they stand for. Does not hold subcategories' labels nor refusals' sentences:
those are the chapters' own.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from diptych.commons.web.saying import cite, say
from diptych.culture.domain.bookings.terms import Cancellation, Entry, Status
from diptych.culture.domain.catalogue.queries import Elsewhere
from diptych.culture.domain.wallet.terms import Because, DepositType, MovementKind

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise  # not there where the service runs


class Word(NamedTuple):
    """A label with its icon."""

    label: StrPromise
    icon: str


GROUPS: Final[dict[str, Word]] = {
    "CINEMA": Word(_("Cinema"), "clapperboard"),
    "CONCERT": Word(_("Concerts"), "mic-vocal"),
    "FESTIVAL": Word(_("Festivals"), "party-popper"),
    "SHOWS": Word(_("Shows"), "drama"),
    "BOOKS": Word(_("Books"), "book-open"),
    "MUSIC": Word(_("Recorded music"), "disc-3"),
    "MUSEUM": Word(_("Museums"), "landmark"),
    "VISITS": Word(_("Visits"), "footprints"),
    "WORKSHOP": Word(_("Workshops"), "palette"),
    "CLASSES": Word(_("Classes"), "graduation-cap"),
    "GAMES": Word(_("Games"), "dices"),
    "MEETINGS": Word(_("Meet-ups"), "messages-square"),
    "FILMS": Word(_("Films at home"), "tv"),
    "INSTRUMENT": Word(_("Instruments"), "guitar"),
    "FINE_ARTS": Word(_("Art supplies for all"), "brush"),
    "MEDIA": Word(_("Press"), "newspaper"),
    "PLATFORM": Word(_("Online platforms"), "monitor-play"),
    "YOUTH_CARD": Word(_("Youth cards"), "id-card"),
}

NEEDS: Final[dict[str, Word]] = {
    "audio": Word(_("Deaf or hard of hearing"), "ear"),
    "mental": Word(_("Learning or psychological disability"), "brain"),
    "motor": Word(_("Wheelchair or reduced mobility"), "accessibility"),
    "visual": Word(_("Blind or partially sighted"), "eye"),
}

ENTRIES: Final[dict[str, Entry]] = {
    "rayon": Entry.SHELF,
    "recherche": Entry.SEARCH,
    "lieu": Entry.VENUE,
    "favoris": Entry.FAVOURITES,
}
"""What an address says of the door by which somebody came to an offer (`?de=`); an address that says nothing is a link."""


def door_of(shelf_id: int) -> str:
    """How an address says that somebody came by one of the editors' shelves."""
    return f"rayon-{shelf_id}"


def entry_of(said: str) -> tuple[Entry, int | None]:
    """The door that an address says, and which one: `rayon-12` is the editors' shelf 12."""
    door, _dash, number = said.partition("-")
    known = door in ENTRIES and (
        not _dash or (ENTRIES[door] is Entry.SHELF and number.isascii() and number.isdecimal() and len(number) < 18)
    )
    return (ENTRIES[door], int(number) if number else None) if known and (number or not _dash) else (Entry.LINK, None)


STATUSES: Final[dict[Status, tuple[StrPromise, str]]] = {
    Status.HELD: (_("waiting for the ticketing system"), "wait"),
    Status.CONFIRMED: (_("booked"), "accent"),
    Status.USED: (_("used"), "good"),
    Status.CANCELLED: (_("cancelled"), "bad"),
    Status.REIMBURSED: (_("used"), "good"),
}
"""How a status is said to its holder, and its tone: that a venue was paid is no affair of theirs."""

MOVEMENTS: Final[dict[str, StrPromise]] = {
    MovementKind.RECREDIT_15: _("Credit for your 15 years"),
    MovementKind.RECREDIT_16: _("Credit for your 16 years"),
    MovementKind.RECREDIT_17: _("Credit for your 17 years"),
    MovementKind.RECREDIT_18: _("Credit for your 18 years"),
    MovementKind.FIRST_GRANT: _("Credit of the pass at 18"),
    MovementKind.BONUS_CREDIT: _("Bonus"),
    MovementKind.MANUAL_MODIFICATION: _("Credit added by our team"),
    MovementKind.PREVIOUS_DEPOSIT: _("What your former credit had left"),
    MovementKind.FINANCE_INCIDENT_RECREDIT: _("Credit given back after a payment to a venue was corrected"),
    MovementKind.BOOKING: _("Booking"),
    MovementKind.CANCELLATION: _("Cancelled booking"),
    MovementKind.MOVED_OUT: _("Booking moved to your new credit"),
    MovementKind.MOVED_IN: _("Booking moved from your former credit"),
    MovementKind.EXPIRED: _("Credit not spent in time"),
}

DEPOSITS: Final[dict[str, StrPromise]] = {
    DepositType.GRANT_17_18: _("Your credit at 17 and 18"),
    DepositType.GRANT_15_17: _("Your credit at 15, 16 and 17"),
    DepositType.GRANT_18: _("Your credit at 18"),
    DepositType.GRANT_FREE: _("Your account without money"),
}


class RuleLine(NamedTuple):
    """A rule as it is told to the youth: what it says, where it comes from, since when it holds; when it was applied and
    what it added or took, where it did."""

    says: str
    source: str
    since: date
    at: datetime | None = None
    amount_cents: int | None = None


def rule_line(why: Because, *, zone: str, at: datetime | None = None, amount_cents: int | None = None) -> RuleLine:
    """A rule that was applied, told to the youth."""
    says = say(why.said.to_youth or why.said.sentence, why.facts, zone=zone)
    return RuleLine(says, cite(why.source), why.since, at, amount_cents)


_BY_VENUE: Final = _("The venue cancelled. Your credit came back.")
_BY_SERVICE: Final = _("The pass cancelled this booking. Your credit came back.")
ENDINGS: Final[dict[str, StrPromise]] = {
    Cancellation.BENEFICIARY: _("You cancelled it. Your credit came back."),
    Cancellation.EXPIRED: _("It was not collected in time. Your credit came back."),
    Cancellation.OFFERER: _BY_VENUE,
    Cancellation.OFFERER_CLOSED: _BY_VENUE,
    Cancellation.OFFERER_CONNECT_AS: _BY_VENUE,
    Cancellation.BACKOFFICE_EVENT_CANCELLED: _BY_VENUE,
    Cancellation.BACKOFFICE_OFFERER_BUSINESS_CLOSED: _BY_VENUE,
}
"""Why a booking ended, by its cancellation; `ending_of` answers for all."""


def ending_of(cancellation: str) -> StrPromise:
    """Why a booking was cancelled, for its holder."""
    return ENDINGS.get(cancellation, _BY_SERVICE)


WITHDRAWALS: Final[dict[str, StrPromise]] = {
    "by_email": _("Your ticket comes by e-mail."),
    "in_app": _("Your ticket is here."),
    "no_ticket": _("No ticket: your code is enough."),
    "on_site": _("Collect your ticket on the spot."),
}


def elsewhere(places: Elsewhere | None) -> str:
    """Where else a product is sold; nothing where it is nowhere else."""
    if places is None or not places.names:
        return ""
    names, more = ", ".join(places.names), places.count - len(places.names)
    if not more:
        return gettext("Also: {names}").format(names=names)
    said = ngettext("Also: {names} and {more} other place", "Also: {names} and {more} other places", more)
    return said.format(names=names, more=more)
