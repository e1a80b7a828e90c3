"""The demo over official files: which imported venues propose offers, and which titles they sell.

Holds the choice, and the shape in which the programme wants it. Does not hold imports (`diptych culture import`).
"""

from random import Random
from typing import Final

from django.db.models import Q

from . import texts
from .communes import Place
from .offers import Work
from .venues import HALLES, HOME, MELIES, VenuePlan, plan

from diptych.culture.domain.catalogue.models import Product
from diptych.culture.domain.venues.models import Commune, Venue
from diptych.culture.domain.venues.terms import Activity

NEAR: Final = ("42", "69", "35", "75", "13", "974")
"""Départements whose imported venues are preferred: those of the accounts, and some far away."""
MOST: Final = 110
TITLES: Final = 400


def chosen_venues(chance: Random) -> tuple[list[VenuePlan], list[Venue]]:
    """Imported venues that can propose something, then the two that the accounts manage and the online ones, invented."""
    usable = Venue.objects.filter(structure=None, latitude__isnull=False, commune__isnull=False, deleted_at=None).exclude(
        source="demo"
    )
    known = usable.filter(
        activity__in=[Activity.CINEMA, Activity.MUSEUM, Activity.LIBRARY, Activity.PERFORMANCE_HALL, Activity.MUSIC_VENUE]
    )
    near = list(known.filter(department__in=NEAR).order_by("source", "source_id")[:2000])
    far = list(known.exclude(department__in=NEAR).order_by("source", "source_id")[:4000])
    home = [venue for venue in near if venue.commune_id == HOME][:12]
    rest = chance.sample([venue for venue in near if venue not in home], min(48, len(near) - len(home)))
    venues = [*home, *rest, *chance.sample(far, min(MOST - len(home) - len(rest), len(far)))]
    by_insee = Commune.objects.in_bulk([venue.commune_id for venue in venues])
    plans = [_plan(venue, by_insee[str(venue.commune_id)]) for venue in venues]
    for extra in (p for p in plan(chance) if _is_extra(p)):
        plans.append(extra)
        venues.append(_venue(extra, len(venues)))
    return plans, venues


def _is_extra(p: VenuePlan) -> bool:
    return p.activity is Activity.DIGITAL or p.name in (HALLES, MELIES) or (p.place.insee == HOME and p.activity in _MISSING)


_MISSING: Final = frozenset(
    {
        Activity.MUSIC_VENUE,
        Activity.PERFORMANCE_HALL,
        Activity.RECORD_STORE,
        Activity.ART_SCHOOL,
        Activity.MUSICAL_INSTRUMENT_STORE,
    }
)
"""What no official file lists."""


def _plan(venue: Venue, commune: Commune) -> VenuePlan:
    place = Place(
        commune.insee,
        commune.name,
        venue.department,
        venue.postcode,
        commune.population or 0,
        venue.latitude or 0,
        venue.longitude or 0,
    )
    access = (venue.accessible_audio, venue.accessible_mental, venue.accessible_motor, venue.accessible_visual)
    return VenuePlan(
        venue.name, Activity(venue.activity), place, venue.address, venue.latitude or 0, venue.longitude or 0, "", access
    )


def _venue(p: VenuePlan, number: int) -> Venue:
    return Venue(
        name=p.name, activity=p.activity, description=p.description, address=p.address, postcode=p.place.postcode, city=p.place.name,
        commune_id=p.place.insee, department=p.place.department, latitude=p.latitude, longitude=p.longitude, source="demo",
        source_id=str(number),
    )  # fmt: skip


def imported_works(chance: Random) -> tuple[list[Work] | None, list[Work] | None]:
    """Books and records among the imported titles, the most lent first; None where no title was imported."""
    books = _works(chance, Q(subcategory="LIVRE_PAPIER"), 590, 2490)
    records = _works(chance, Q(subcategory__startswith="SUPPORT_PHYSIQUE_MUSIQUE"), 990, 1990)
    return books or None, records or None


def _works(chance: Random, which: Q, low: int, high: int) -> list[Work]:
    found = Product.objects.filter(which).exclude(source="").order_by("-popularity", "pk")[:TITLES]
    return [
        Work(p.subcategory, p.name[:90], p.creator, texts.french("Parmi les titres les plus empruntés en bibliothèque. À retirer sur place avec ton code."),
             p.ean or "", chance.randint(low // 50, high // 50) * 50 - 10, 0, chance.getrandbits(40))
        for p in found
    ]  # fmt: skip
