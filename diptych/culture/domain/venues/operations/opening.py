"""Open a structure and its venues: the least that lets somebody act for a place.

Does not hold the check of a SIREN against the national register, nor the back office's decision (`validating`).
"""

from datetime import datetime

from django.db import transaction
from stdnum.fr import siren as siren_numbers
from stdnum.fr import siret as siret_numbers

from .. import terms
from ..models import Membership, Structure, Venue
from ..queries.placing import commune_of
from ..rules import why_not_identify
from ..terms import Activity, Validation
from .acting import announce, as_member, locked_structure, tell
from .gazetteer import department_of

from diptych.commons.refusal import deny, stop_if


@transaction.atomic
def open_structure(*, siren: str, name: str, person_id: int, actor: str, at: datetime) -> int:
    """A structure by its SIREN, with its first member, both waiting for the back office. A second person who names the
    same SIREN asks to join it: nothing of it is theirs until their link is validated. One that was refused is new again;
    a closed one is refused."""
    number = siren_numbers.compact(siren)
    if not siren_numbers.is_valid(number):
        deny(terms.SIREN_MALFORMED)
    if not name.strip():
        deny(terms.NAME_MISSING)
    fresh = {"name": name.strip()[:200], "validation": Validation.NEW, "created_at": at}
    structure, created = Structure.objects.get_or_create(siren=number, defaults=fresh)
    structure = locked_structure(structure.pk)
    if structure.validation in (Validation.CLOSED, Validation.DELETED):
        deny(terms.STRUCTURE_CLOSED)
    again = structure.validation == Validation.REJECTED
    if again:
        structure.validation = Validation.NEW
        structure.save(update_fields=["validation"])
    alone = not Membership.objects.filter(structure=structure, validation=Validation.VALIDATED).exists()
    membership, _ = Membership.objects.get_or_create(
        person_id=person_id, structure=structure, defaults={"validation": Validation.NEW, "created_at": at}
    )
    if membership.validation != Validation.VALIDATED:
        # Whoever comes first to a structure that the team has accepted is checked too: a SIREN is public.
        first = created or (alone and structure.validation != Validation.VALIDATED)
        membership.validation = Validation.VALIDATED if first else Validation.PENDING
        membership.save(update_fields=["validation"])
        topic = "venues.joined" if first else "venues.asked_to_join"
        announce(topic, structure_id=structure.pk, at=at, person_id=person_id)
    act = "venues.open_structure" if created else "venues.ask_again" if again else "venues.ask_to_join"
    tell(act, subject=f"structure:{structure.pk}", actor=actor, at=at)
    return structure.pk


@transaction.atomic
def open_venue(
    *, structure_id: int, person_id: int, name: str, siret: str, activity: Activity, address: str, postcode: str, city: str,
    department: str, actor: str, at: datetime, no_siret_why: str = "",
) -> int:  # fmt: skip
    """A venue of a structure that somebody may act for, by its SIRET, or with the reason why it has none. Refuses a SIRET
    that is not of this structure, or taken."""
    structure = as_member(structure_id=structure_id, person_id=person_id)
    number, why = siret_numbers.compact(siret), no_siret_why.strip()[:200]
    if not name.strip():
        deny(terms.NAME_MISSING)
    valid = siret_numbers.is_valid(number) and number.startswith(structure.siren)
    stop_if(why_not_identify(siret=number, no_siret_why=why, siret_is_valid=valid))
    if number and Venue.objects.filter(siret=number).exists():
        deny(terms.SIRET_TAKEN)
    commune = commune_of(postcode=postcode, city=city)
    place = (commune.latitude, commune.longitude) if commune else (None, None)
    venue = Venue.objects.create(
        structure_id=structure_id, name=name.strip()[:255], siret=number or None, no_siret_why=why, activity=activity,
        address=address[:255], postcode=postcode[:5], city=city[:120], edited_at=at, created_at=at,
        department=commune.department if commune else (department or department_of(postcode))[:3], commune=commune,
        latitude=place[0], longitude=place[1],
    )  # fmt: skip
    tell("venues.open_venue", subject=f"venue:{venue.pk}", actor=actor, at=at, facts={"siret": bool(number)})
    return venue.pk
