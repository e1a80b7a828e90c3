"""Open a structure and its venues: the least that lets somebody act for a place.

Does not hold the check of a SIREN against the national register, nor the back office's decision: both come after.
"""

from datetime import datetime

from django.db import connection, transaction
from stdnum.fr import siren as siren_numbers
from stdnum.fr import siret as siret_numbers

from .. import terms
from ..models import Membership, Structure, Venue
from ..terms import Activity, Validation

from diptych.commons import journal
from diptych.commons.refusal import deny


@transaction.atomic
def open_structure(*, siren: str, name: str, person_id: int, actor: str, at: datetime) -> int:
    """A structure by its SIREN, with its first member, both waiting for the back office. A second person who names the
    same SIREN asks to join it: nothing of it is theirs until their link is validated."""
    number = siren_numbers.compact(siren)
    if not siren_numbers.is_valid(number):
        deny(terms.SIREN_MALFORMED)
    structure, created = Structure.objects.get_or_create(
        siren=number, defaults={"name": name.strip()[:200], "validation": Validation.NEW, "created_at": at}
    )
    Membership.objects.get_or_create(
        person_id=person_id,
        structure=structure,
        defaults={"validation": Validation.VALIDATED if created else Validation.PENDING, "created_at": at},
    )
    with connection.cursor() as cursor:
        subject, act = f"structure:{structure.pk}", "venues.open_structure" if created else "venues.ask_to_join"
        journal.write(cursor, actor=actor, act=act, subject=subject, at=at)
    return structure.pk


@transaction.atomic
def open_venue(
    *, structure_id: int, person_id: int, name: str, siret: str, activity: Activity, address: str, postcode: str, city: str,
    department: str, actor: str, at: datetime,
) -> int:  # fmt: skip
    """A venue of a structure that somebody may act for. Refuses a SIRET that is not of this structure, or taken."""
    own = Membership.objects.filter(person_id=person_id, structure_id=structure_id, validation=Validation.VALIDATED)
    membership = own.select_related("structure").first()
    if membership is None:
        deny(terms.NOT_A_MEMBER)
    number = siret_numbers.compact(siret)
    if not siret_numbers.is_valid(number) or not number.startswith(membership.structure.siren):
        deny(terms.SIRET_MALFORMED)
    if Venue.objects.filter(siret=number).exists():
        deny(terms.SIRET_TAKEN)
    venue = Venue.objects.create(
        structure_id=structure_id, name=name.strip()[:255], siret=number, activity=activity, address=address[:255],
        postcode=postcode[:5], city=city[:120], department=department[:3], edited_at=at, created_at=at,
    )  # fmt: skip
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act="venues.open_venue", subject=f"venue:{venue.pk}", at=at)
    return venue.pk
