"""Partners' systems: made, given keys, linked to venues, told where to be called. Keys are shown once and kept hashed.

Does not call anybody (gateways), nor say what a key opens beyond its venues (the portal does).
"""

import hashlib
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction

from .. import terms
from ..models import PartnerKey, PartnerVenue, TicketingSystem, Venue
from ..rules import why_not_partner_urls
from ..terms import AddressFacts, PartnerUrls
from .acting import tell

from diptych.commons.ids import Draw
from diptych.commons.refusal import deny, stop_if

ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
PREFIX: Final = 12
SECRET: Final = 40
"""57 symbols: 40 of them are 233 bits, which no list holds; a plain SHA-256 is enough to keep them."""
ROTATED_KEY_LASTS: Final = timedelta(days=1)
"""Ours: how long the old key still opens after a rotation, for programs to be given the new one."""


@transaction.atomic
def make_partner(
    *, name: str, urls: PartnerUrls, private: bool, draw: Draw, actor: str, at: datetime, structure_id: int | None = None
) -> int:
    """A new partner's system, by its name; its number. `private`: whether its addresses may be on a private network;
    `structure_id`: whose own system it is, if it is no maker's."""
    name = name.strip()[:120]
    if not name:
        deny(terms.NAME_MISSING)
    if TicketingSystem.objects.filter(name__iexact=name).exists():
        deny(terms.PARTNER_TAKEN)
    stop_if(why_not_partner_urls(_read(urls), private=private))
    made = TicketingSystem.objects.create(
        name=name, booking_url=urls.booking, cancellation_url=urls.cancellation, notification_url=urls.notification,
        secret=draw(ALPHABET, SECRET), structure_id=structure_id,
    )  # fmt: skip
    tell("venues.make_partner", subject=f"partner:{made.pk}", actor=actor, at=at)
    return made.pk


@transaction.atomic
def make_key(*, partner_id: int, rotate: bool, draw: Draw, actor: str, at: datetime) -> str:
    """A new key, whole, for this once. `rotate`: the others of the partner end a day later."""
    partner = _locked(partner_id)
    ended = 0
    if rotate:
        last = at + ROTATED_KEY_LASTS
        ended = partner.keys.exclude(ends_at__lte=last).update(ends_at=last)
    prefix, secret = draw(ALPHABET, PREFIX), draw(ALPHABET, SECRET)
    key = f"{prefix}_{secret}"
    PartnerKey.objects.create(partner=partner, prefix=prefix, digest=digest_of(key), made_at=at)
    tell("venues.make_partner_key", subject=f"partner:{partner.pk}", actor=actor, at=at, facts={"key": prefix, "ended": ended})
    return key


@transaction.atomic
def end_key(*, prefix: str, actor: str, at: datetime) -> None:
    """End a key, by its beginning, at once. Refuses one that is unknown or has ended."""
    key = PartnerKey.objects.select_for_update(no_key=True).filter(prefix=prefix).first()
    if key is None or (key.ends_at is not None and key.ends_at <= at):
        deny(terms.PARTNER_KEY_MISSING)
    key.ends_at = at
    key.save(update_fields=["ends_at"])
    tell("venues.end_partner_key", subject=f"partner:{key.partner_id}", actor=actor, at=at, facts={"key": prefix})


@transaction.atomic
def show_secret(*, partner_id: int, anew: bool, draw: Draw, actor: str, at: datetime) -> str:
    """What signs our calls to a partner, for the partner to check them by; each look is in the journal. `anew`: another one is
    drawn first, and the old one signs nothing any more."""
    partner = _locked(partner_id)
    if anew:
        partner.secret = draw(ALPHABET, SECRET)
        partner.save(update_fields=["secret"])
    tell("venues.show_partner_secret", subject=f"partner:{partner.pk}", actor=actor, at=at, facts={"anew": anew})
    return partner.secret


@transaction.atomic
def link_venue(*, partner_id: int, venue_id: int, sells: bool, actor: str, at: datetime) -> None:
    """Let a partner's keys work for a venue; `sells`: its places are asked of the partner from now on. Twice is once."""
    partner = _locked(partner_id)
    venue = Venue.objects.select_for_update(no_key=True, of=("self",)).filter(pk=venue_id, deleted_at=None).first()
    if venue is None or venue.structure_id is None:
        deny(terms.PARTNER_VENUE_MISSING)
    if sells and not partner.booking_url:
        deny(terms.PARTNER_SELLS_NOTHING)
    PartnerVenue.objects.get_or_create(partner=partner, venue=venue, ended_at=None, defaults={"made_at": at})
    if sells:
        venue.ticketing = partner
        venue.save(update_fields=["ticketing"])
    tell("venues.link_partner", subject=f"venue:{venue.pk}", actor=actor, at=at, facts={"partner": partner.pk, "sells": sells})


@transaction.atomic
def sell_places(*, partner_id: int, venue_id: int, sells: bool, actor: str, at: datetime) -> None:
    """Ask a partner for the places of a venue that it works for from now on, or no longer. Refuses (missing) a venue it does not work
    for; one that has not said where it is asked, there or everywhere."""
    partner = _locked(partner_id)
    link = PartnerVenue.objects.filter(partner=partner, venue_id=venue_id, ended_at=None, venue__deleted_at=None).first()
    if link is None:
        deny(terms.PARTNER_VENUE_MISSING)
    if not sells:
        Venue.objects.filter(pk=venue_id, ticketing=partner).update(ticketing=None)
    elif not (partner.booking_url or link.booking_url):
        deny(terms.PARTNER_SELLS_NOTHING)
    else:
        Venue.objects.filter(pk=venue_id).update(ticketing=partner)
    tell("venues.sell_places", subject=f"venue:{venue_id}", actor=actor, at=at, facts={"partner": partner.pk, "sells": sells})


@transaction.atomic
def unlink_venue(*, partner_id: int, venue_id: int, actor: str, at: datetime) -> None:
    """End a partner's link with a venue: its keys open nothing there, and its places are no longer asked of it."""
    partner = _locked(partner_id)
    if not PartnerVenue.objects.filter(partner=partner, venue_id=venue_id, ended_at=None).update(ended_at=at):
        deny(terms.PARTNER_VENUE_MISSING)
    Venue.objects.filter(pk=venue_id, ticketing=partner).update(ticketing=None)
    tell("venues.unlink_partner", subject=f"venue:{venue_id}", actor=actor, at=at, facts={"partner": partner.pk})


@transaction.atomic
def set_partner_urls(*, partner_id: int, urls: PartnerUrls, private: bool, actor: str, at: datetime) -> None:
    """Where a partner's system is called, for every venue that says nothing else."""
    partner = _locked(partner_id)
    stop_if(why_not_partner_urls(_read(urls), private=private))
    partner.booking_url, partner.cancellation_url, partner.notification_url = urls.booking, urls.cancellation, urls.notification
    partner.save(update_fields=["booking_url", "cancellation_url", "notification_url"])
    tell("venues.set_partner_urls", subject=f"partner:{partner.pk}", actor=actor, at=at)


@transaction.atomic
def set_venue_urls(*, partner_id: int, venue_id: int, urls: PartnerUrls, private: bool, actor: str, at: datetime) -> None:
    """Where it is called for one venue. Refuses (missing) a venue that is not linked."""
    link = (
        PartnerVenue.objects.select_for_update(no_key=True)
        .filter(partner_id=partner_id, venue_id=venue_id, ended_at=None, venue__deleted_at=None)
        .first()
    )
    if link is None:
        deny(terms.PARTNER_VENUE_MISSING)
    stop_if(why_not_partner_urls(_read(urls), private=private))
    link.booking_url, link.cancellation_url, link.notification_url = urls.booking, urls.cancellation, urls.notification
    link.save(update_fields=["booking_url", "cancellation_url", "notification_url"])
    tell("venues.set_partner_urls", subject=f"venue:{venue_id}", actor=actor, at=at, facts={"partner": partner_id})


def _read(urls: PartnerUrls) -> dict[str, AddressFacts]:
    return {name: address_of(url) for name, url in asdict(urls).items() if url}


def address_of(url: str) -> AddressFacts:
    """What an address says. One with a name, a password, a blank or a sign that is not seen is not plain."""
    try:
        parts = urlsplit(url)
        plain = parts.username is None and parts.password is None and parts.port != 0 and url.isprintable() and " " not in url
    except ValueError:
        return AddressFacts("", "")
    return AddressFacts(parts.scheme, parts.hostname or "", plain)


def digest_of(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def _locked(partner_id: int) -> TicketingSystem:
    partner = TicketingSystem.objects.select_for_update(no_key=True).filter(pk=partner_id).first()
    if partner is None:
        deny(terms.PARTNER_MISSING)
    return partner
