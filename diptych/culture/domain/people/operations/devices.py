"""Devices: each sign-in is written with its device, a stranger's is told of, and the owner who did not know it closes the account.

Rules are guide §5.2's, suspicious login. Does not hold the letter (jobs) nor the cookie (`commons.web.devices`).
"""

import hashlib
from datetime import datetime

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction

from .. import terms
from ..models import LoginAlert, LoginDevice, TrustedDevice
from ..queries import Alert
from ..rules import ALERT_LASTS, judge_login
from ..terms import LoginFacts, LoginVerdict, SuspensionReason
from .acting import announce, lock, tell
from .suspending import suspend

from diptych.commons.refusal import deny

_SIGNER = Signer(salt="people.login_alert", sep=".")


def device_hash(*, person_id: int, name: str) -> str:
    """How a device is kept: so that its name cannot be read, nor two accounts be seen to share it."""
    return hashlib.sha256(f"people.device\0{settings.SECRET_KEY}\0{person_id}\0{name}".encode()).hexdigest()


@transaction.atomic
def note_login(*, person_id: int, device: str, words: str, at: datetime) -> bool:
    """Write a sign-in from a device, by the name that it was given (empty: a program that has none). From an unknown one,
    the owner is warned. Gives whether the device is trusted from now on."""
    person = lock(person_id)
    hashed = device_hash(person_id=person_id, name=device)
    verdict, trusted = _judge(person_id, hashed, at)
    kept = {"person": person, "device": hashed, "words": words[:40]}
    LoginDevice.objects.create(**kept, at=at)
    if verdict.trust:
        TrustedDevice.objects.create(**kept, at=at)
    if verdict.suspicious:
        tell(person, act="people.login_elsewhere", at=at, facts={"told": verdict.alert})
    if verdict.alert:
        alert = LoginAlert.objects.create(**kept, made_at=at, expires_at=at + ALERT_LASTS)
        announce("people.login_elsewhere", person, at=at, alert_id=alert.pk)
    return trusted or verdict.trust


def _judge(person_id: int, hashed: str, at: datetime) -> tuple[LoginVerdict, bool]:
    history, trusted = LoginDevice.objects.filter(person_id=person_id), TrustedDevice.objects.filter(person_id=person_id)
    facts = LoginFacts(
        trusted=trusted.filter(device=hashed).exists(),
        known_since=history.filter(device=hashed).order_by("at").values_list("at", flat=True).first(),
        any_known=history.exists() or trusted.exists(),
        alerts=LoginAlert.objects.filter(person_id=person_id, expires_at__gt=at).count(),
    )
    return judge_login(facts, at=at), facts.trusted


@transaction.atomic
def trust_device(*, person_id: int, device: str, at: datetime) -> None:
    """Trust the device by whose name its owner asks, signed in on it. Refuses one that never signed in here."""
    person = lock(person_id)
    hashed = device_hash(person_id=person_id, name=device)
    last = LoginDevice.objects.filter(person_id=person_id, device=hashed).order_by("-at").first()
    if not device or last is None:
        deny(terms.DEVICE_UNKNOWN)
    _, new = TrustedDevice.objects.get_or_create(person=person, device=hashed, defaults={"words": last.words, "at": at})
    if new:
        tell(person, act="people.trust_device", at=at)


@transaction.atomic
def forget_device(*, person_id: int, hashed: str, at: datetime) -> None:
    """Know a device no more, as the list names it: its next sign-in is a stranger's. Refuses one that is not known."""
    person = lock(person_id)
    if not _forget(person_id, hashed):
        deny(terms.DEVICE_UNKNOWN)
    tell(person, act="people.forget_device", at=at)


def _forget(person_id: int, hashed: str) -> int:
    known = (model.objects.filter(person_id=person_id, device=hashed) for model in (LoginDevice, TrustedDevice))
    return sum(rows.delete()[0] for rows in known)


def alert_link_of(*, alert_id: int) -> str:
    """The token that `report_login` takes, for the job that writes the e-mail; nothing that closes an account is stored."""
    return _SIGNER.sign(str(alert_id))


def alert_of(*, token: str, at: datetime) -> Alert:
    """The warning whose link this is, as its owner may see it. Refuses one that is forged, used or older than a week."""
    alert = _alert(token, at)
    return Alert(alert.pk, alert.words, alert.made_at)


def _alert(token: str, at: datetime) -> LoginAlert:
    try:
        alert_id = int(_SIGNER.unsign(token))
    except (BadSignature, ValueError):
        deny(terms.LINK_EXPIRED)
    alert = LoginAlert.objects.filter(pk=alert_id, used_at=None, expires_at__gt=at).first()
    if alert is None:
        deny(terms.LINK_EXPIRED)
    return alert


@transaction.atomic
def report_login(*, token: str, at: datetime) -> int:
    """The owner says that it was not them: the account closes, its sessions end, its password opens nothing any more and
    the device is forgotten. Gives the person's id. The owner chooses another password by e-mail, and may open the account
    again for 60 days. Refuses a link that is forged, used or expired, and an account that is closed already."""
    person = lock(_alert(token, at).person_id)
    alert = _alert(token, at)  # again, under the lock: of two who follow one link, one does it
    reason = SuspensionReason.SUSPICIOUS_LOGIN_REPORTED_BY_USER
    suspend(person_id=person.pk, reason=reason, actor=f"person:{person.pk}", at=at)
    LoginAlert.objects.filter(person=person, used_at=None).update(used_at=at)
    _forget(person.pk, alert.device)
    tell(person, act="people.report_login", at=at)
    return person.pk
