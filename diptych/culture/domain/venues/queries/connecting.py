"""The ticketing systems that somebody may connect or manage: their structures' own, the makers', and what each does for their venues."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from ..models import Membership, PartnerKey, PartnerVenue, TicketingSystem, Venue
from ..terms import PARTNER_MISSING, Validation

from diptych.commons.refusal import deny


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key by its beginning; when it was made; when it ends, if it was told to."""

    prefix: str
    made_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Served:
    """A venue that a system may work for. `sells`: its places are asked of it; `asked`: it has said where."""

    id: int
    name: str
    connected: bool
    sells: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class System:
    """A system as one of the venues' members manages it. `own`: their structure's, whose keys they hold."""

    id: int
    name: str
    own: bool
    keys: tuple[KeyLine, ...]
    venues: tuple[Served, ...]


def system_of(*, partner_id: int, person_id: int, venue_ids: Collection[int], at: datetime) -> System:
    """One system: a structure's own, or one that works for one of these venues. Refuses (missing) any other."""
    found = TicketingSystem.objects.filter(pk=partner_id).first()
    links = {
        link.venue_id: link for link in PartnerVenue.objects.filter(partner_id=partner_id, venue__in=venue_ids, ended_at=None)
    }
    own = found is not None and found.structure_id in _structures(person_id)
    if found is None or not (own or links):
        deny(PARTNER_MISSING)
    keys = PartnerKey.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), partner=found).order_by("made_at", "pk") if own else ()
    places = Venue.objects.filter(pk__in=venue_ids, deleted_at=None).order_by("name", "pk")
    if found.structure_id is not None:
        places = places.filter(Q(structure_id=found.structure_id) | Q(pk__in=links))
    served = tuple(
        Served(place.pk, place.name, place.pk in links, place.ticketing_id == found.pk,
               bool(found.booking_url or (place.pk in links and links[place.pk].booking_url)))
        for place in places
    )  # fmt: skip
    return System(found.pk, found.name, own, tuple(KeyLine(k.prefix, k.made_at, k.ends_at) for k in keys), served)


def makers() -> list[tuple[int, str]]:
    """The makers' systems that a venue may be connected to, by name."""
    return list(TicketingSystem.objects.filter(structure=None, active=True).order_by("name").values_list("pk", "name"))


def own_systems(*, person_id: int) -> list[tuple[int, str]]:
    """The systems of somebody's structures, by name, whether they work for a venue or not."""
    return list(TicketingSystem.objects.filter(structure__in=_structures(person_id)).order_by("name").values_list("pk", "name"))


def _structures(person_id: int) -> set[int]:
    open_now = (Validation.NEW, Validation.PENDING, Validation.VALIDATED)
    mine = Membership.objects.filter(person_id=person_id, validation=Validation.VALIDATED, structure__validation__in=open_now)
    return set(mine.values_list("structure_id", flat=True))
