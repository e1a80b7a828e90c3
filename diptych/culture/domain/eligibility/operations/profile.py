"""The profile step: names as on a document, where one lives, what one does."""

import re
from datetime import datetime

from django.db import transaction

from .. import terms
from ..rules.items import is_latin
from ..terms import CheckStatus, CheckType, Step
from .activation import activate_if_complete, hold_for_activation
from .lines import journey_for, write_line

from diptych.commons.refusal import deny
from diptych.culture.domain.people.operations.acting import lock, tell
from diptych.culture.domain.people.terms import PUPILS, Activity, SchoolType


@transaction.atomic
def complete_profile(
    *,
    person_id: int,
    first_name: str,
    last_name: str,
    address: str,
    city: str,
    postcode: str,
    activity: str,
    school_type: str = "",
    at: datetime,
) -> None:
    """Record the profile. Refuses names that are not in Latin letters, an empty line, a postcode that is none, and a pupil
    without a kind of school. On the free machine, this opens the account's right."""
    person = lock(person_id)
    journey_for(person, Step.PROFILE, at=at)
    if not (is_latin(first_name) and is_latin(last_name)):
        deny(terms.NAME_NOT_LATIN)
    if not (address.strip() and city.strip()) or activity not in set(Activity):
        deny(terms.FIELD_MISSING)
    if not re.fullmatch(r"\d{5}", postcode.strip()):
        deny(terms.POSTCODE_UNKNOWN)
    pupil = activity in PUPILS
    if pupil and school_type not in set(SchoolType):
        deny(terms.SCHOOL_TYPE_MISSING)
    person.first_name, person.last_name = first_name.strip(), last_name.strip()
    person.address, person.city, person.postcode = address.strip(), city.strip(), postcode.strip()
    person.activity, person.school_type = activity, school_type if pupil else ""
    person.save(update_fields=["first_name", "last_name", "address", "city", "postcode", "activity", "school_type"])
    write_line(person, type=CheckType.PROFILE_COMPLETION, status=CheckStatus.OK, at=at)
    hold_for_activation(person)
    tell(person, act="eligibility.complete_profile", at=at)
    activate_if_complete(person, at=at)
