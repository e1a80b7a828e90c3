"""Who is called for a booking and where, what is due to be told, and how partners answer. Takes no lock."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, Window
from django.db.models.functions import RowNumber

from ..models import Booking, PartnerCall, PartnerFault, PartnerHealth
from ..rules.partners import calls_at_once
from ..terms import CallKind

from diptych.culture.domain.venues.models import PartnerVenue, TicketingSystem
from diptych.culture.domain.venues.terms import PartnerUrls

FAULTS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Due:
    """Something to tell a partner of a booking. Nothing personal: numbers, barcodes, the offer's title."""

    call_id: int
    kind: CallKind
    system_id: int
    venue_id: int
    urls: PartnerUrls
    secret: str
    key: str
    barcodes: tuple[str, ...]
    stock_id: int
    stock_source_id: str
    offer_id: int
    quantity: int
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """A call that failed."""

    at: datetime
    venue: str
    kind: CallKind
    why: str


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """How a partner's system answers: failures in a row (none: it answers), what waits to be told, its last faults."""

    id: int
    name: str
    sells: bool
    failures: int
    answered_at: datetime | None
    failed_at: datetime | None
    waiting: int
    given_up: int
    faults: tuple[Fault, ...]


def seller_of(booking: Booking) -> int | None:
    """The system that sells the places of a booking's venue; None where nobody else does."""
    return booking.offer.venue.ticketing_id


def told_of(booking: Booking) -> int | None:
    """The system that made a booking's offer and wants to be told of its bookings; None where there is none."""
    words = getattr(booking.offer, "partner_words", None)
    if words is None:
        return None
    urls = urls_for([(words.partner_id, booking.offer.venue_id)])[words.partner_id, booking.offer.venue_id]
    return words.partner_id if urls.notification else None


def urls_for(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], PartnerUrls]:
    """Where each system is called for each venue: what was set for the venue, else what was set for the system."""
    systems = {system.pk: system for system in TicketingSystem.objects.filter(pk__in={system for system, _ in pairs})}
    links = PartnerVenue.objects.filter(ended_at=None, venue_id__in={venue for _, venue in pairs}, partner_id__in=systems)
    own = {(link.partner_id, link.venue_id): link for link in links}
    return {pair: _urls(systems[pair[0]], own.get(pair)) for pair in pairs}


def _urls(system: TicketingSystem, link: PartnerVenue | None) -> PartnerUrls:
    "The booking and the cancellation address go together: those of the venue, or those of the system."
    sells = link if link is not None and link.booking_url else system
    notified = link.notification_url if link is not None else ""
    return PartnerUrls(sells.booking_url, sells.cancellation_url, notified or system.notification_url)


def failures_of(*, at: datetime) -> tuple[dict[int, int], set[int]]:
    """Failures in a row of the systems that have some, and the systems that are left alone now."""
    rows = list(PartnerHealth.objects.filter(failures__gt=0).values_list("system_id", "failures", "rests_until"))
    return {system: count for system, count, _ in rows}, {system for system, _, until in rows if until and until > at}


def at_once(failures: int) -> int:
    """How many calls a system gets at the same time."""
    return calls_at_once(failures)


def calls_due(*, at: datetime, resting: Collection[int], each: int = 4) -> list[Due]:
    """What is due to be told, the oldest first, a few a system: the debts to one do not hide those to another."""
    rows = (
        PartnerCall.objects.filter(ended_at=None, due_at__lte=at)
        .exclude(system_id__in=list(resting))
        .annotate(place=Window(RowNumber(), partition_by="system_id", order_by=["due_at", "id"]))
        .filter(place__lte=each)
        .select_related("system", "booking__stock", "booking__offer")
        .order_by("due_at", "id")
    )
    calls = list(rows)
    urls = urls_for({(call.system_id, call.booking.offer.venue_id) for call in calls})
    return [_due(call, urls[call.system_id, call.booking.offer.venue_id]) for call in calls]


def _due(call: PartnerCall, urls: PartnerUrls) -> Due:
    booking = call.booking
    offer, stock = booking.offer, booking.stock
    facts = {
        "bookingId": booking.pk, "bookingQuantity": booking.quantity, "offerId": offer.pk, "offerName": offer.name,
        "offerPrice": booking.total_cents // booking.quantity, "stockId": stock.pk, "stockIdAtProvider": stock.source_id,
        "venueId": offer.venue_id,
    }  # fmt: skip
    return Due(
        call.pk, CallKind(call.kind), call.system_id, offer.venue_id, urls, call.system.secret, key_of(booking.pk, booking.token),
        tuple(call.barcodes), stock.pk, stock.source_id, offer.pk, booking.quantity, facts,
    )  # fmt: skip


def key_of(booking_id: int, token: str) -> str:
    """By which a system recognises a request that it had before."""
    return f"{booking_id}-{token}"


def partner_lines(*, venue_ids: Collection[int] | None = None) -> list[PartnerLine]:
    """How each partner's system answers; of those that work for some venues, where given, and of these venues alone.
    Three questions, however many systems."""
    systems = TicketingSystem.objects.select_related("health").order_by("name")
    if venue_ids is not None:
        systems = systems.filter(links__venue_id__in=venue_ids, links__ended_at=None).distinct()
    ours = list(systems)
    faults = PartnerFault.objects.filter(system__in=ours).select_related("venue")
    calls = PartnerCall.objects.filter(system__in=ours)
    if venue_ids is not None:
        faults, calls = faults.filter(venue_id__in=venue_ids), calls.filter(booking__offer__venue_id__in=venue_ids)
    told = (
        calls.order_by()
        .values("system")
        .annotate(waits=Count("pk", filter=Q(ended_at=None)), lost=Count("pk", filter=Q(gave_up=True)))
    )
    counts = {row["system"]: (row["waits"], row["lost"]) for row in told}
    place = Window(RowNumber(), partition_by="system_id", order_by="-pk")
    shown = defaultdict[int, list[Fault]](list)
    for one in faults.annotate(place=place).filter(place__lte=FAULTS_SHOWN).order_by("-pk"):
        shown[one.system_id].append(Fault(one.at, one.venue.name, CallKind(one.kind), one.why))
    return [_partner_line(system, counts.get(system.pk, (0, 0)), shown[system.pk]) for system in ours]


def _partner_line(system: TicketingSystem, counts: tuple[int, int], faults: list[Fault]) -> PartnerLine:
    health = getattr(system, "health", None) or PartnerHealth(system=system)
    return PartnerLine(
        system.pk, system.name, bool(system.booking_url), health.failures, health.answered_at, health.failed_at, *counts,
        tuple(faults),
    )  # fmt: skip
