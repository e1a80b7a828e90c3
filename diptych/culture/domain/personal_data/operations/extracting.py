"""Extracts: asking for a copy of somebody's data, keeping its file encrypted, handing it to whoever asked.

The file is made by a job between the two, since it asks tools outside. Does not hold the file's form (jobs).
"""

import base64
import hashlib
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction

from ..models import Extract
from ..rules.clocks import EXTRACT_LASTS, why_not_extract, why_not_fetch
from ..terms import NOT_FOUND, ExtractState
from .acting import announce, lock, must_be_permitted, prove, tell

from diptych.commons.refusal import deny, stop_if
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import AccountState, Permission

RULE = "gdpr_15"


@transaction.atomic
def ask_extract(*, person_id: int, asker_id: int, at: datetime) -> int:
    """Ask for a copy of somebody's data: one's own, or another's with EXTRACT_PUBLIC_ACCOUNT. Gives its number. Refuses
    the eleventh within 24 hours, one that is being made already, and an account that was anonymised."""
    if asker_id != person_id:
        must_be_permitted(officer_id=asker_id, permission=Permission.EXTRACT_PUBLIC_ACCOUNT)
    for number in sorted({person_id, asker_id}):  # both, in one order: two officers who ask at once are counted
        lock(person_id=number)
    person = Person.objects.get(pk=person_id)
    refusal = why_not_extract(
        erased=person.state == AccountState.ANONYMIZED,
        pending=Extract.objects.filter(person=person, state=ExtractState.ASKED).exists(),
        asked_today=Extract.objects.filter(asked_by_id=asker_id, asked_at__gt=at - timedelta(days=1)).count(),
    )
    stop_if(refusal)
    extract = Extract.objects.create(person=person, asked_by_id=asker_id, asked_at=at)
    announce("extract_asked", person_id=person_id, at=at, extract_id=extract.pk)
    tell("ask_extract", person_id=person_id, actor=f"person:{asker_id}", at=at, facts={"extract": extract.pk})
    return extract.pk


@transaction.atomic
def keep_extract(*, extract_id: int, content: bytes, at: datetime) -> bool:
    """Keep the file that was made for an extract, encrypted, for seven days. Gives whether it still waited for one: a
    second file of the same, or one for an extract that is gone, is thrown away."""
    extract = Extract.objects.select_for_update(no_key=True).filter(pk=extract_id, state=ExtractState.ASKED).first()
    if extract is None:
        return False
    extract.content, extract.state, extract.expires_at = _box().encrypt(content), ExtractState.READY, at + EXTRACT_LASTS
    extract.save(update_fields=["content", "state", "expires_at"])
    prove(act="extract", rule=RULE, actor="job:make_extract", at=at, person_id=extract.person_id, counts={})
    if extract.asked_by_id is not None:
        announce("extract_ready", person_id=extract.asked_by_id, at=at, extract_id=extract.pk)
    tell("make_extract", person_id=extract.person_id, actor="job:make_extract", at=at, facts={"extract": extract.pk})
    return True


@transaction.atomic
def fetch_extract(*, extract_id: int, asker_id: int, at: datetime) -> bytes:
    """The file of an extract, for whoever asked for it and nobody else. Refuses one that is not made yet, or over."""
    extract = Extract.objects.filter(pk=extract_id, asked_by_id=asker_id).first()
    if extract is None:
        deny(NOT_FOUND)
    if asker_id != extract.person_id:
        must_be_permitted(officer_id=asker_id, permission=Permission.EXTRACT_PUBLIC_ACCOUNT)
    stop_if(why_not_fetch(expires_at=extract.expires_at, at=at))
    tell("fetch_extract", person_id=extract.person_id, actor=f"person:{asker_id}", at=at, facts={"extract": extract.pk})
    return _box().decrypt(bytes(extract.content))


@transaction.atomic
def note_extract_by_command(*, person_id: int, at: datetime) -> None:
    """Write that an administrator made a copy at the command line: done before it is written to a file."""
    lock(person_id=person_id)
    prove(act="extract", rule=RULE, actor="command:extract", at=at, person_id=person_id, counts={})
    tell("make_extract", person_id=person_id, actor="command:extract", at=at)


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"diptych.extract\0" + settings.SECRET_KEY.encode()).digest()))
