"""People on their way to a credit, brought as far as a test needs by the chapter's own operations."""

import json
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.conf import settings

from diptych.culture.domain.eligibility import operations, queries
from diptych.culture.domain.eligibility.models import PhoneCode
from diptych.culture.domain.eligibility.operations import code_of, number_hash
from diptych.culture.domain.eligibility.terms import CheckStatus, CheckType, IdentityAnswer, ReasonCode, State
from diptych.culture.domain.people.models import Person
from diptych.culture.gateways.identity_documents import sign
from tests.culture import factories
from tests.culture.factories import AT

PROFILE = {
    "address": "12 rue de la République", "city": "Saint-Étienne", "postcode": "42000",
    "activity": "HIGH_SCHOOL_STUDENT", "school_type": "PUBLIC_HIGH_SCHOOL",
}  # fmt: skip


def applicant(*, age: int = 17, until: str = "identity", phone: str = "", at: datetime = AT, **fields: Any) -> Person:
    """Somebody without credit, brought to the step named: phone, profile, identity, honor, or done."""
    person = factories.youth(age=age, credit=False, at=at, **fields)
    order = ["phone", "profile", "identity", "honor", "done"]
    reach = order.index(until)
    if age >= 18 and reach > 0:
        operations.send_phone_code(person_id=person.pk, phone=phone or f"06 11 {person.pk % 10**6:06}", at=at)
        operations.validate_phone_code(person_id=person.pk, code=code_sent(person), at=at)
    if reach > 1:
        names = {"first_name": person.first_name, "last_name": person.last_name}
        operations.complete_profile(person_id=person.pk, **names, **PROFILE, at=at)
    if reach > 2:
        show_document(person, at=at)
    if reach > 3:
        operations.sign_honor_statement(person_id=person.pk, at=at)
    person.refresh_from_db()
    return person


def code_sent(person: Person) -> str:
    """The digits of the latest code, as the phone shows them."""
    code = PhoneCode.objects.filter(person=person).latest("id")
    return code_of(code_id=code.pk, phone=code.phone)


def show_document(person: Person, *, number: str = "", at: datetime = AT, **fields: Any) -> Any:
    """Begin a document check, and have the provider answer; accepted unless `status` or `reasons` say otherwise."""
    attempt = operations.start_identity_check(person_id=person.pk, type=CheckType.UBBLE, at=at)
    answer = answer_of(person, number=number or f"DOC{person.pk:09}", **fields)
    return operations.finish_identity_check(attempt=attempt, answer=answer, event=uuid4().hex, at=at)


def answer_of(
    person: Person, *, number: str, status: CheckStatus = CheckStatus.OK, reasons: tuple[ReasonCode, ...] = (), **fields: Any
) -> IdentityAnswer:
    """What a provider reads on this person's own document."""
    said = {"first_name": person.first_name, "last_name": person.last_name, "birth_date": person.birth_date, **fields}
    return IdentityAnswer(status=status, reasons=reasons, document_hash=number_hash(kind="document", number=number), **said)


def state_of(person: Person, *, at: datetime = AT) -> State:
    """Where somebody stands."""
    return queries.journey_of(person_id=person.pk, at=at).state


def message(attempt: str, *, status: str = "accepted", event: str = "", reasons: tuple[str, ...] = (), **document: Any) -> bytes:
    """What the document-check provider posts."""
    read = {name: value.isoformat() if isinstance(value, date) else value for name, value in document.items()}
    told = {"event": event or uuid4().hex, "reference": attempt, "status": status, "reasons": list(reasons), "document": read}
    return json.dumps(told).encode()


def signature(body: bytes, *, at: datetime = AT) -> str:
    """The provider's signature of it."""
    return sign(body, secret=settings.DOCUMENTS_SECRET, at=at)
