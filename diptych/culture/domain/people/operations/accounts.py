"""Writes about people: opening an account, checking its address, its profile, its language.

Each is one transaction that ends in the journal and the outbox. Does not hold e-mails' words (jobs) nor pages (portals).
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email as check_syntax
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest

from .. import terms
from ..models import EmailCheck, Person
from ..rules import LINK_LASTS, session_lasts, why_not_mail, why_not_profile
from ..terms import AccountState, Audience, Role
from .acting import announce, lock, tell
from .devices import note_login

from diptych.commons import journal
from diptych.commons.refusal import deny, stop_if
from diptych.commons.web import bearer

_SIGNER = Signer(salt="people.email_check", sep=".")
_ROLES_OF: dict[Audience, list[Role]] = {Audience.YOUTH: [], Audience.VENUE: [Role.NON_ATTACHED_PRO]}


@transaction.atomic
def register(*, email: str, password: str, at: datetime, audience: Audience = Audience.YOUTH, language: str = "fr") -> int:
    """Open an account, and have a link sent to its address. Gives the person's id.

    A taken address answers the same, takes the same time, and has its owner written to: whoever types an address learns
    nothing about it. So the caller must show the same page either way, and must not sign anybody in.
    """
    address = _address(email)
    try:
        validate_password(password, user=Person(email=address))
    except ValidationError as fault:
        deny(terms.PASSWORD_TOO_WEAK, why=[error.code for error in fault.error_list])
    hashed = make_password(password)
    person, new = _account(address, hashed, roles=_ROLES_OF[audience], language=language, at=at)
    agreed = _agreed(person, new, password, hashed)
    if new:
        tell(person, act="people.register", at=at)
    if person.email_validated_at is not None:
        announce("people.address_reused", person, at=at)
    elif why_not_mail(sent_in_the_hour=_sent_in_the_hour(person, at)) is None:
        _send_check(person, topic="people.registered", password=hashed if agreed else _disputed(person), at=at)
    return person.pk


@transaction.atomic
def register_by_identity(
    *, email: str, verified: bool, first_name: str, last_name: str, audience: Audience, at: datetime, provider: str
) -> int:
    """Open an account for somebody whom an identity provider vouches for; it has no password. Refuses a taken address:
    an account that exists is linked by its owner, signed in, never by itself."""
    address = _address(email)
    person, new = _account(address, make_password(None), roles=_ROLES_OF[audience], language="fr", at=at)
    if not new:
        deny(terms.EMAIL_TAKEN)
    person.first_name, person.last_name = first_name[:120], last_name[:120]
    person.email_validated_at = at if verified else None
    person.save(update_fields=["first_name", "last_name", "email_validated_at"])
    tell(person, act="people.register", at=at, facts={"provider": provider})
    if not verified:
        _send_check(person, topic="people.registered", password="", at=at)
    return person.pk


@transaction.atomic
def validate_email(*, token: str, at: datetime) -> int:
    """Take the address of an account as its owner's, from the link it was sent. Gives the person's id. Refuses a link
    that is forged, used or expired."""
    try:
        check_id = int(_SIGNER.unsign(token))
    except (BadSignature, ValueError):
        deny(terms.LINK_EXPIRED)
    check = EmailCheck.objects.select_for_update(no_key=True).filter(pk=check_id).first()
    if check is None or check.used_at is not None or check.expires_at <= at:
        deny(terms.LINK_EXPIRED)
    person = lock(check.person_id)
    person.email_validated_at = person.email_validated_at or at
    person.password = check.password or person.password
    person.save(update_fields=["email_validated_at", "password"])
    EmailCheck.objects.filter(person=person, used_at=None).update(used_at=at)
    tell(person, act="people.validate_email", at=at)
    announce("people.email_validated", person, at=at)
    return person.pk


def link_of(*, check_id: int) -> str:
    """The token that `validate_email` takes, for the job that writes the e-mail; nothing that opens a door is stored."""
    return _SIGNER.sign(str(check_id))


@transaction.atomic
def resend_validation(*, person_id: int, at: datetime) -> None:
    """Send the link again to somebody who is signed in. Refuses past the limit, or when there is nothing to check."""
    person = lock(person_id)
    if person.email_validated_at is not None:
        deny(terms.ALREADY_VALIDATED)
    stop_if(why_not_mail(sent_in_the_hour=_sent_in_the_hour(person, at)))
    _send_check(person, topic="people.registered", password="", at=at)


@transaction.atomic
def resend_validation_to(*, email: str, at: datetime) -> None:
    """Send the link again to an address, if it waits for one and the limit allows; silent otherwise, since the answer
    would tell whether the address has an account."""
    person = Person.objects.select_for_update(no_key=True).filter(email=email.strip().lower(), email_validated_at=None).first()
    if person is not None and why_not_mail(sent_in_the_hour=_sent_in_the_hour(person, at)) is None:
        last = EmailCheck.objects.filter(person=person).order_by("-made_at").first()
        _send_check(person, topic="people.registered", password=last.password if last else "", at=at)


@transaction.atomic
def set_profile(*, person_id: int, first_name: str, last_name: str, birth_date: Any, department: str, at: datetime) -> None:
    """Record names, birth date and département, once: they decide the credit, so that support alone changes them."""
    person = lock(person_id)
    if person.birth_date is not None:
        deny(terms.PROFILE_SET)
    stop_if(why_not_profile(born=birth_date, department=department, at=at))
    person.first_name, person.last_name = first_name.strip(), last_name.strip()
    person.birth_date, person.department = birth_date, department
    person.save(update_fields=["first_name", "last_name", "birth_date", "department"])
    tell(person, act="people.set_profile", at=at)
    announce("people.profile_set", person, at=at)


@transaction.atomic
def change_language(*, person_id: int, language: str, at: datetime) -> None:
    """Speak another language to somebody. Refuses one that is not spoken."""
    if language not in terms.LANGUAGES:
        deny(terms.UNKNOWN_LANGUAGE)
    person = lock(person_id)
    person.language = language
    person.save(update_fields=["language"])
    tell(person, act="people.change_language", at=at, facts={"language": language})


@transaction.atomic
def sign_out_everywhere(*, person_id: int, at: datetime) -> None:
    """End every session of somebody, of browsers and of programs."""
    person = lock(person_id)
    person.signed_out_at = at
    person.save(update_fields=["signed_out_at"])
    bearer.revoke_all(person_id=person_id)
    tell(person, act="people.sign_out_everywhere", at=at)


@transaction.atomic
def ask_password_reset(*, person_id: int, at: datetime) -> None:
    """Have a link to choose a new password sent; the job that writes the e-mail makes it."""
    person = lock(person_id)
    tell(person, act="people.ask_password_reset", at=at)
    announce("people.password_forgotten", person, at=at)


@transaction.atomic
def note_password_changed(*, person_id: int, at: datetime) -> None:
    """After a change of password: end the programs' sessions, and tell the owner."""
    person = lock(person_id)
    bearer.revoke_all(person_id=person.pk)
    tell(person, act="people.change_password", at=at)
    announce("people.password_changed", person, at=at)


@transaction.atomic
def note_second_factor(*, person_id: int, act: str, at: datetime) -> None:
    """Write in the journal that a second factor was `people.add_second_factor` or `people.remove_second_factor`."""
    tell(lock(person_id), act=act, at=at)


@transaction.atomic
def note_identity_linked(*, person_id: int, provider: str, at: datetime) -> None:
    """Write that an identity provider now opens an account, and tell its owner."""
    person = lock(person_id)
    tell(person, act="people.link_identity", at=at, facts={"provider": provider})
    announce("people.identity_linked", person, at=at)


def sign_in_for_tokens(
    *, request: HttpRequest, email: str, password: str, at: datetime, device: str = "", words: str = ""
) -> bearer.Tokens:
    """Tokens of a program, for the youth whose address and password these are. The request lets failures be counted.
    Staff and venues get none: a token knows no second factor. `device` is the name that the program gave its device."""
    person = authenticate(request, email=email.strip().lower(), password=password)
    if not isinstance(person, Person) or person.audience is not Audience.YOUTH or person.state != AccountState.ACTIVE:
        deny(terms.CREDENTIALS_REFUSED, status=401)
    trusted = note_login(person_id=person.pk, device=device, words=words, at=at)
    lasts = session_lasts(trusted=trusted)
    return bearer.open_session(person_id=person.pk, audience=person.audience, at=at, lasts=lasts)


@transaction.atomic
def look_at(*, person_id: int, actor: str, at: datetime) -> None:
    """Write in the journal that staff looked at an account: done before it is shown."""
    tell(lock(person_id), act="people.look_at", at=at, actor=actor)


@transaction.atomic
def note_search(*, actor: str, found: int, at: datetime) -> None:
    """Write in the journal that staff looked for people, and how many were shown; not for whom."""
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act="people.search", subject="people:search", at=at, facts={"found": found})


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        check_syntax(address)
    except ValidationError:
        deny(terms.EMAIL_MALFORMED)
    return address


def _account(address: str, hashed: str, *, roles: list[Role], language: str, at: datetime) -> tuple[Person, bool]:
    "The account of an address, new or not; two that sign up at once get one account."
    try:
        with transaction.atomic():
            person = Person(email=address, password=hashed, roles=list(roles), language=language, registered_at=at)
            person.save(force_insert=True)
            return person, True
    except IntegrityError:
        return Person.objects.select_for_update(no_key=True).get(email=address), False


def _sent_in_the_hour(person: Person, at: datetime) -> int:
    return EmailCheck.objects.filter(person=person, made_at__gt=at - timedelta(hours=1)).count()


def _agreed(person: Person, new: bool, password: str, hashed: str) -> bool:
    """Whether this is the password of the sign-up before it at this address, if there was one. Takes the same time if not."""
    last = EmailCheck.objects.filter(person=person).exclude(password="").order_by("-made_at", "-pk").first()
    return check_password(password, last.password if last else hashed) and (new or last is not None)


def _disputed(person: Person) -> str:
    """Two passwords were typed for an address that nobody has proved to be theirs: its owner follows a link without knowing whose
    password it brings. So no link brings any from now on, those under way included, and the owner chooses one by letter."""
    none = make_password(None)
    EmailCheck.objects.filter(person=person, used_at=None).update(password=none)
    return none


def _send_check(person: Person, *, topic: str, password: str, at: datetime) -> None:
    check = EmailCheck.objects.create(person=person, password=password, made_at=at, expires_at=at + LINK_LASTS)
    announce(topic, person, at=at, check_id=check.pk)
