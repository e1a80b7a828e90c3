"""Words of the file of an extract: what the codes of states, movements, acts and messages mean to whom they concern.

Holds English gettext ids by column and code. Does not hold the file, where the codes themselves stand in the JSON. A code without
a word here is shown as it is: nothing is left out for want of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from diptych.commons.web.formatting import money
from diptych.culture.domain.bookings.terms import Cancellation, Status
from diptych.culture.domain.eligibility.terms import CheckStatus, CheckType, ReviewResult
from diptych.culture.domain.people.terms import AccountState, Role
from diptych.culture.domain.personal_data.terms import ExtractState
from diptych.culture.domain.wallet.terms import DepositType, MovementKind, Scheme

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise  # not there where the service runs

_BY_VENUE: Final = _("cancelled by the venue")
_BY_TEAM: Final = _("cancelled by the service")

WORDS: Final[dict[tuple[str, str], dict[str, StrPromise]]] = {
    ("people_person", "roles"): {
        Role.ADMIN: _("team"),
        Role.BENEFICIARY: _("beneficiary, 18 and over"),
        Role.UNDERAGE_BENEFICIARY: _("beneficiary under 18"),
        Role.FREE_BENEFICIARY: _("free account, without money"),
        Role.PRO: _("professional"),
        Role.NON_ATTACHED_PRO: _("professional without a structure"),
        Role.TEST: _("test account"),
    },
    ("people_person", "state"): {
        AccountState.ACTIVE: _("open"),
        AccountState.INACTIVE: _("never used"),
        AccountState.SUSPENDED: _("suspended"),
        AccountState.SUSPENDED_UPON_USER_REQUEST: _("closed by its owner"),
        AccountState.SUSPICIOUS_LOGIN_REPORTED_BY_USER: _("locked: its owner did not know a sign-in"),
        AccountState.WAITING_FOR_ANONYMIZATION: _("waits for its deletion"),
        AccountState.DELETED: _("deleted"),
    },
    ("bookings_booking", "status"): {
        Status.HELD: _("waits for the ticketing system"),
        Status.CONFIRMED: _("booked"),
        Status.USED: _("used"),
        Status.CANCELLED: _("cancelled"),
        Status.REIMBURSED: _("used, and the venue was paid"),
    },
    ("bookings_booking", "cancellation"): {
        **dict.fromkeys((one.value for one in Cancellation if one.name.startswith(("BACKOFFICE", "FRAUD"))), _BY_TEAM),
        Cancellation.BENEFICIARY: _("cancelled by its owner"),
        Cancellation.EXPIRED: _("not collected in time"),
        Cancellation.OFFERER: _BY_VENUE,
        Cancellation.OFFERER_CLOSED: _BY_VENUE,
        Cancellation.OFFERER_CONNECT_AS: _BY_VENUE,
        Cancellation.FINANCE_INCIDENT: _("a payment to the venue was corrected"),
        Cancellation.BACKOFFICE_BENEFICIARY_REQUEST: _("cancelled by the service, as its owner asked"),
    },
    ("wallet_movement", "kind"): {
        MovementKind.RECREDIT_15: _("credit at 15"),
        MovementKind.RECREDIT_16: _("credit at 16"),
        MovementKind.RECREDIT_17: _("credit at 17"),
        MovementKind.RECREDIT_18: _("credit at 18"),
        MovementKind.FIRST_GRANT: _("credit of the pass at 18"),
        MovementKind.BONUS_CREDIT: _("bonus"),
        MovementKind.MANUAL_MODIFICATION: _("credit added by the team"),
        MovementKind.PREVIOUS_DEPOSIT: _("left from the former credit"),
        MovementKind.FINANCE_INCIDENT_RECREDIT: _("given back after a payment to a venue was corrected"),
        MovementKind.BOOKING: _("booking"),
        MovementKind.CANCELLATION: _("cancelled booking, given back"),
        MovementKind.MOVED_OUT: _("booking moved to the new credit"),
        MovementKind.MOVED_IN: _("booking moved from the former credit"),
        MovementKind.EXPIRED: _("credit not spent in time"),
    },
    ("wallet_deposit", "type"): {
        DepositType.GRANT_17_18: _("credit at 17 and 18"),
        DepositType.GRANT_15_17: _("credit at 15, 16 and 17"),
        DepositType.GRANT_18: _("credit at 18"),
        DepositType.GRANT_FREE: _("free account, without money"),
    },
    ("eligibility_fraudcheck", "type"): {
        CheckType.DMS: _("paper file"),
        CheckType.EDUCONNECT: _("school account"),
        CheckType.HONOR_STATEMENT: _("honour statement"),
        CheckType.INTERNAL_REVIEW: _("look of the team"),
        CheckType.PHONE_VALIDATION: _("phone"),
        CheckType.PROFILE_COMPLETION: _("profile"),
        CheckType.QF_BONUS_CREDIT: _("family quotient, for the bonus"),
        CheckType.UBBLE: _("document check"),
        CheckType.JOUVE: _("document check of former times"),
        CheckType.USER_PROFILING: _("profiling of former times"),
    },
    ("eligibility_fraudcheck", "status"): {
        CheckStatus.CANCELED: _("given up"),
        CheckStatus.ERROR: _("broke down"),
        CheckStatus.KO: _("refused"),
        CheckStatus.OK: _("good"),
        CheckStatus.PENDING: _("waits for an answer"),
        CheckStatus.STARTED: _("begun"),
        CheckStatus.SUSPICIOUS: _("doubtful"),
    },
    ("eligibility_fraudcheck", "eligibility"): {
        Scheme.UNDERAGE: _("15–17, before March 2025"),
        Scheme.AGE18: _("18, before March 2025"),
        Scheme.AGE17_18: _("17–18, since March 2025"),
        Scheme.FREE: _("free account, without money"),
    },
    ("eligibility_fraudreview", "result"): {
        ReviewResult.OK: _("accepted"),
        ReviewResult.KO: _("refused"),
        ReviewResult.REDIRECTED_TO_DMS: _("a paper file was asked for"),
    },
    ("personal_data_extract", "state"): {ExtractState.ASKED: _("asked for"), ExtractState.READY: _("ready")},
    ("journal_entry", "act"): {
        "bookings.look_at": _("the counter looked at a code"),
        "bookings.cancelled": _("booking cancelled"),
        "bookings.booked": _("booking made"),
        "bookings.used": _("booking used"),
        "eligibility.activate": _("credit opened"),
        "eligibility.ask_bonus": _("bonus asked for"),
        "eligibility.decide_bonus": _("bonus decided"),
        "eligibility.ask_phone_code": _("code sent to the phone"),
        "eligibility.validate_phone": _("phone confirmed"),
        "eligibility.skip_phone": _("phone left aside by the team"),
        "eligibility.complete_profile": _("profile completed"),
        "eligibility.start_identity_check": _("identity check begun"),
        "eligibility.finish_identity_check": _("identity check answered"),
        "eligibility.find_duplicate": _("looked for a second account"),
        "eligibility.sign_honor_statement": _("honour statement signed"),
        "eligibility.review": _("file decided by the team"),
        "eligibility.remind": _("reminder sent"),
        "people.register": _("account made"),
        "people.validate_email": _("address confirmed"),
        "people.set_profile": _("names, birth date and département given"),
        "people.change_language": _("language changed"),
        "people.change_password": _("password changed"),
        "people.ask_password_reset": _("new password asked for"),
        "people.link_identity": _("sign-in linked"),
        "people.login_elsewhere": _("sign-in from a new device"),
        "people.trust_device": _("device trusted"),
        "people.forget_device": _("device forgotten"),
        "people.report_login": _("sign-in reported as unknown"),
        "people.sign_out_everywhere": _("signed out everywhere"),
        "people.look_at": _("file looked at by the team"),
        "people.suspend": _("account suspended"),
        "people.unsuspend": _("account opened again"),
        "wallet.grant": _("credit received"),
        "wallet.add": _("credit added by the team"),
        "personal_data.ask_extract": _("copy of the data asked for"),
        "personal_data.fetch_extract": _("copy of the data fetched"),
    },
    ("outbox_message", "topic"): {
        "bookings.booked": _("booking made"),
        "bookings.cancelled": _("booking cancelled"),
        "bookings.used": _("booking used"),
        "bookings.expired": _("booking not collected in time"),
        "bookings.expiring": _("booking to collect soon"),
        "bookings.released": _("booking not confirmed by the ticketing system"),
        "bookings.taken_back": _("use of a booking taken back"),
        "eligibility.activated": _("credit opened"),
        "eligibility.bonus_asked": _("bonus asked for"),
        "eligibility.bonus_decided": _("bonus decided"),
        "eligibility.identity_checked": _("identity check answered"),
        "eligibility.phone_code_asked": _("code sent to the phone"),
        "eligibility.reminded": _("reminder sent"),
        "eligibility.reviewed": _("file decided by the team"),
        "people.registered": _("account made"),
        "people.email_validated": _("address confirmed"),
        "people.profile_set": _("names, birth date and département given"),
        "people.password_changed": _("password changed"),
        "people.password_forgotten": _("new password asked for"),
        "people.identity_linked": _("sign-in linked"),
        "people.login_elsewhere": _("sign-in from a new device"),
        "people.suspended": _("account suspended"),
        "people.unsuspended": _("account opened again"),
        "personal_data.extract_asked": _("copy of the data asked for"),
        "wallet.granted": _("credit received"),
    },
}


FACTS: Final[dict[str, tuple[StrPromise, tuple[str, str]]]] = {
    "kind": (_("kind"), ("wallet_movement", "kind")),
    "why": (_("why"), ("bookings_booking", "cancellation")),
    "rule": (_("rule"), ("", "")),
    "amount_cents": (_("amount"), ("", "")),
    "told": (_("letter sent"), ("", "")),
    "reason": (_("reason"), ("", "")),
    "provider": (_("through"), ("", "")),
    "language": (_("language"), ("", "")),
}
"""What the details of an act are called, and the column whose words their values have. Other details keep their names."""


def facts_of(facts: dict[str, object], *, language: str) -> dict[str, object]:
    """The details of an act in the reader's words, amounts in euros."""
    told: dict[str, object] = {}
    for name, value in facts.items():
        label, (table, column) = FACTS.get(name, (name, ("", "")))
        is_amount = name.endswith("_cents") and isinstance(value, int)
        told[str(label)] = money(value, language=language) if is_amount else word_of(value, table=table, column=column)  # type: ignore[arg-type]  # an int, just asked
    return told


def word_of(value: object, *, table: str, column: str) -> object:
    """What a code of `table.column` means, in the language that is active; the value itself where it is no code. A list is
    answered item by item."""
    words = WORDS.get((table, column), {})
    if isinstance(value, (list, tuple)):
        return [str(words.get(str(item), item)) for item in value] if words else value
    return str(words[value]) if isinstance(value, str) and value in words else value
