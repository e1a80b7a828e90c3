"""Who a key speaks for, and the venues that it opens. A venue that is not the partner's is missing to it, never forbidden."""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from ..models import PartnerKey, PartnerVenue, TicketingSystem, Venue
from ..terms import PARTNER_MISSING, PARTNER_VENUE_MISSING, PartnerUrls, Validation

from diptych.commons.refusal import deny

_OPEN = (Validation.NEW, Validation.PENDING, Validation.VALIDATED)


@dataclass(frozen=True, slots=True)
class Caller:
    """A partner's program, known by its key."""

    partner_id: int
    key: str
    """The beginning of the key."""
    venue_ids: frozenset[int]

    @property
    def actor(self) -> str:
        """Its name in the journal."""
        return f"partner:{self.partner_id}"


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner's system as it reads itself."""

    id: int
    name: str
    urls: PartnerUrls


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A partner in the list of the team: its keys by their beginning (and when they end), its venues by number."""

    id: int
    name: str
    keys: tuple[tuple[str, datetime | None], ...]
    venue_ids: tuple[int, ...]


def caller_of(*, key: str, at: datetime) -> Caller | None:
    """Whom a key speaks for, or None where it is unknown or has ended."""
    prefix = key[:128].partition("_")[0]
    found = PartnerKey.objects.filter(prefix=prefix, partner__active=True).values_list("digest", "ends_at", "partner_id").first()
    if found is None or (found[1] is not None and found[1] <= at):
        return None
    if not hmac.compare_digest(found[0], sha256(key.encode()).hexdigest()):
        return None
    links = PartnerVenue.objects.filter(
        partner_id=found[2], ended_at=None, venue__deleted_at=None, venue__structure__validation__in=_OPEN
    )
    return Caller(found[2], prefix, frozenset(links.values_list("venue_id", flat=True)))


def partner_of(*, partner_id: int) -> Partner:
    """A partner's system."""
    found = TicketingSystem.objects.filter(pk=partner_id).first()
    if found is None:
        deny(PARTNER_MISSING)
    return Partner(found.pk, found.name, PartnerUrls(found.booking_url, found.cancellation_url, found.notification_url))


def partner_id_of(*, name: str) -> int:
    """The number of a partner, by its exact name or its number."""
    found = TicketingSystem.objects.filter(name__iexact=name.strip()).values_list("pk", flat=True).first()
    if found is None and name.isdecimal() and len(name) < 18:
        found = TicketingSystem.objects.filter(pk=int(name)).values_list("pk", flat=True).first()
    if found is None:
        deny(PARTNER_MISSING)
    return found


def partners(*, at: datetime) -> list[PartnerLine]:
    """Every partner, by name, with the keys that open now."""
    rows = TicketingSystem.objects.prefetch_related("keys", "links").order_by("name")
    return [
        PartnerLine(
            row.pk,
            row.name,
            tuple((k.prefix, k.ends_at) for k in row.keys.all() if k.ends_at is None or k.ends_at > at),
            tuple(sorted(link.venue_id for link in row.links.all() if link.ended_at is None)),
        )
        for row in rows
    ]


def urls_at_venue(*, partner_id: int, venue_id: int) -> PartnerUrls:
    """The addresses that a partner set for one of its venues. Refuses (missing) any other."""
    found = PartnerVenue.objects.filter(partner_id=partner_id, venue_id=venue_id, ended_at=None).first()
    if found is None:
        deny(PARTNER_VENUE_MISSING)
    return PartnerUrls(found.booking_url, found.cancellation_url, found.notification_url)


@dataclass(frozen=True, slots=True)
class VenueForPartner:
    """A venue as a partner's program reads it. `accessible`: hearing, understanding, moving, seeing; None where unsaid."""

    id: int
    name: str
    siret: str | None
    no_siret_why: str
    activity: str
    address: str
    postcode: str
    city: str
    accessible: tuple[bool | None, bool | None, bool | None, bool | None]
    made_at: datetime
    structure_id: int
    structure_name: str
    siren: str
    structure_made_at: datetime
    urls: PartnerUrls


def venues_of_partner(*, partner_id: int, venue_ids: Collection[int], siren: str = "", siret: str = "") -> list[VenueForPartner]:
    """A partner's venues, by structure and number; of one SIREN, or with one SIRET, where given."""
    found = Venue.objects.filter(pk__in=venue_ids, structure__isnull=False).select_related("structure")
    if siren:
        found = found.filter(structure__siren=siren)
    if siret:
        found = found.filter(siret=siret)
    links = {link.venue_id: link for link in PartnerVenue.objects.filter(partner_id=partner_id, ended_at=None)}
    return [_for_partner(venue, links.get(venue.pk)) for venue in found.order_by("structure_id", "id")]


def _for_partner(venue: Venue, link: PartnerVenue | None) -> VenueForPartner:
    structure = venue.structure
    assert structure is not None  # filtered above
    urls = PartnerUrls(link.booking_url, link.cancellation_url, link.notification_url) if link else PartnerUrls()
    return VenueForPartner(
        venue.pk, venue.name, venue.siret, venue.no_siret_why, venue.activity, venue.address, venue.postcode, venue.city,
        (venue.accessible_audio, venue.accessible_mental, venue.accessible_motor, venue.accessible_visual), venue.created_at,
        structure.pk, structure.name, structure.siren, structure.created_at, urls,
    )  # fmt: skip
