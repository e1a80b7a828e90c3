"""The clocks: how long each kind of account and each trace is kept, and what ends it. Guide §5.5, dated by nothing else.

Holds dated tables and pure decisions. Does not hold what becomes of each column: that is the register.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from .. import terms
from ..terms import AccountFacts, Subject

from diptych.commons.refusal import Refusal, refuse
from diptych.culture.domain.people.rules import RETURN_WITHIN, birthday_begins, day_at
from diptych.culture.domain.people.terms import Audience, SuspensionReason


@dataclass(frozen=True, slots=True)
class AccountClock:
    """When an account is forgotten: so many years without a connection, after its deposit ended, after a suspension."""

    code: str
    subject: Subject
    unseen_years: int | None
    deposit_ended_years: int | None
    fraud_years: int | None
    suspended_years: int | None
    warned_days: int
    source: str


ACCOUNT_CLOCKS: Final = (
    AccountClock("account_unseen", Subject.NO_CREDIT, 3, None, 5, None, 0, "guide §5.5, account without role or deposit"),
    AccountClock("beneficiary_unseen", Subject.BENEFICIARY, 3, 5, 5, None, 0, "guide §5.5, beneficiary"),
    AccountClock("professional_unseen", Subject.PROFESSIONAL, 3, None, None, None, 30, "guide §5.5, detached professional"),
    AccountClock("staff_suspended", Subject.STAFF, None, None, None, 1, 0, "guide §5.5, internal staff"),
)
"""One row a kind of account."""

ON_REQUEST: Final = "on_request"
"""The rule by which a youth is forgotten when they ask for it: at once without a deposit, or from 21."""

AGE_ON_REQUEST: Final = 21
FRAUD: Final = frozenset({"SUSPICIOUS_LOGIN_REPORTED_BY_USER", "SUSPENSION_FOR_INVESTIGATION_TEMP"})
"""Suspensions that count as fraud, besides every FRAUD_* (guide §5.5)."""

EXTRACT_LASTS: Final = timedelta(days=7)
EXTRACTS_A_DAY: Final = 10
UNDO_WITHIN: Final = timedelta(days=60)
WARNED_BEFORE: Final = timedelta(days=10)
"""Before what was asked for and can no longer be undone is done (guide §5.2)."""


@dataclass(frozen=True, slots=True)
class ClosingClock:
    """What becomes of an account that its young owner closed: opened again within so many days, or forgotten as if they had
    asked for it on the last of them. They are told so many days before that."""

    code: str
    reasons: frozenset[str]
    days: int
    warned_days: int
    source: str


CLOSED_BY_OWNER: Final = ClosingClock(
    "self_suspended",
    frozenset({SuspensionReason.UPON_USER_REQUEST, SuspensionReason.SUSPICIOUS_LOGIN_REPORTED_BY_USER}),
    RETURN_WITHIN.days,
    WARNED_BEFORE.days,
    "guide §5.2, self-suspension: undone for 60 days, then deleted, warned 10 days before; §5.5 says what is kept until 21",
)
"""A request to be forgotten (`ON_REQUEST`), once made, comes before it. A suspension that the owner did not choose has no end
of its own: the account then lives by its ordinary clock."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Rows that go by age alone: those whose `when` is older than `days`. `first`: SQL that saves what must outlive them."""

    code: str
    table: str
    when: str
    days: int
    source: str
    first: str = ""


SWEEPS: Final = (
    Sweep("session_ended", "django_session", "expire_date", 0, "a session that has ended opens nothing"),
    Sweep(
        "program_ended", "bearer_refresh", "expires_at", 0, "a token that has ended opens nothing",
        # The last time that a program was used is the last time that its owner was seen.
        "update people_person p set last_login = r.last from (select person_id, max(issued_at) as last from bearer_refresh"
        " where expires_at <= %(before)s group by person_id) r where r.person_id = p.id"
        " and coalesce(p.last_login, p.registered_at) < r.last and p.state <> 'ANONYMIZED'",
    ),
    Sweep("login_device_old", "people_logindevice", "at", 396, "guide §5.5: login devices, 13 months"),
    Sweep("trusted_device_old", "people_trusteddevice", "at", 1826, "guide §5.5: trusted devices, 5 years"),
    Sweep("login_alert_ended", "people_loginalert", "expires_at", 30, "links work for a week; 30 days for support"),
    Sweep("link_ended", "people_emailcheck", "expires_at", 30, "links work for 24 hours; 30 days for support"),
    Sweep("invitation_ended", "venues_invitation", "expires_at", 30, "invitations work for 14 days; 30 days for support"),
    Sweep("contact_old", "outreach_contact", "at", 1096, "CNIL: professionals one calls on, 3 years after the last contact"),
    Sweep("place_note_old", "outreach_note", "at", 1096, "the same: a note may name somebody"),
    Sweep("stop_old", "outreach_stop", "day", 396, "an officer's days: a year, and a month for their review"),
    Sweep(
        "failed_sign_in", "axes_accessattempt", "attempt_time", 30, "CNIL, security logs: no longer than needed",
        "delete from axes_accessattemptexpiration where access_attempt_id in"
        " (select id from axes_accessattempt where attempt_time <= %(before)s)",
    ),
    Sweep("phone_code_ended", "eligibility_phonecode", "expires_at", 30, "codes work for 12 hours; 30 days for support"),
    Sweep("phone_try_counted", "eligibility_phonetry", "at", 31, "wrong codes are counted over 30 days (guide §5.2, phone)"),
    Sweep("bonus_unanswered", "eligibility_bonusrequest", "at", 30, "what is said of a parent waits for its answer, no longer"),
    Sweep("extract_over", "personal_data_extract", "expires_at", 0, "guide §5.5, extract: 7 days"),
)  # fmt: skip
"""Traces that a nightly job removes."""

DEPOSIT_YEARS: Final = 10
DEPOSIT_CUT: Final = "deposit_dates"
"""Deposits: dates cut to 1 January, 10 years after expiry (guide §5.5)."""


@dataclass(frozen=True, slots=True)
class Outside:
    """A tool outside Diptych that may hold somebody's contact: it must forget it before we do."""

    code: str
    holds: str


OUTSIDE: Final = (Outside("mailing", "contact of the mailing tool: address, first name, opt-ins"),)

TABLES: Final = (ACCOUNT_CLOCKS, (CLOSED_BY_OWNER,), SWEEPS, OUTSIDE)


def years_after(at: datetime, years: int) -> datetime:
    """The same instant so many years later; 29 February becomes 1 March."""
    try:
        return at.replace(year=at.year + years)
    except ValueError:
        return at.replace(year=at.year + years, month=3, day=1)


def years_before(at: datetime, years: int) -> datetime:
    """The same instant so many years earlier; 29 February becomes 28 February, so that nobody is found too late."""
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, day=28)


def subject_of(facts: AccountFacts) -> Subject:
    """Which clock an account lives by."""
    if facts.audience is Audience.STAFF:
        return Subject.STAFF
    if facts.audience is Audience.VENUE:
        return Subject.PROFESSIONAL
    return Subject.BENEFICIARY if facts.deposits else Subject.NO_CREDIT


def clock_of(facts: AccountFacts) -> AccountClock:
    """The row that holds for an account."""
    return next(row for row in ACCOUNT_CLOCKS if row.subject is subject_of(facts))


def is_fraud(why: str) -> bool:
    """Whether a suspension counts as one for fraud."""
    return why.startswith("FRAUD_") or why in FRAUD


def _fraud_ends(facts: AccountFacts, years: int | None) -> list[datetime]:
    if years is None or facts.suspended_at is None or not is_fraud(facts.suspended_why):
        return []
    return [years_after(facts.suspended_at, years)]


def due_at(facts: AccountFacts) -> datetime | None:
    """When the law stops keeping an account that nobody asked to forget; None while it is in use (staff at work, a
    professional with an attachment)."""
    clock = clock_of(facts)
    ends = _fraud_ends(facts, clock.fraud_years)
    if clock.suspended_years is not None:
        return years_after(facts.suspended_at, clock.suspended_years) if facts.suspended_at is not None else None
    if clock.subject is Subject.PROFESSIONAL and facts.attached:
        return None
    ends.append(years_after(facts.seen_at, clock.unseen_years or 0))  # each row but staff's says how many
    if clock.deposit_ended_years is not None and facts.deposits_end_at is not None:
        ends.append(years_after(facts.deposits_end_at, clock.deposit_ended_years))
    return max(ends)


def due_on_request(facts: AccountFacts, *, at: datetime) -> datetime:
    """When a request made at `at` is carried out: at once without a deposit, or from the 21st birthday (by the
    département's clock); five years after a suspension for fraud in any case."""
    ends = [at, *_fraud_ends(facts, 5)]
    if facts.deposits and facts.born is not None:
        ends.append(birthday_begins(facts.born, AGE_ON_REQUEST, facts.department))
    return max(ends)


def return_until(facts: AccountFacts) -> datetime | None:
    """Until when a youth may open again the account that they closed; None where they did not, or asked for its deletion.

    The account of a professional or of staff is not a person's own to end: it lives by its clock."""
    closed = facts.audience is Audience.YOUTH and facts.suspended_why in CLOSED_BY_OWNER.reasons and facts.asked_at is None
    return facts.suspended_at + RETURN_WITHIN if closed and facts.suspended_at is not None else None


def ends_at(facts: AccountFacts) -> datetime | None:
    """When an account is forgotten: as its owner asked; else as if they had asked on the last day that they could open it
    again, where they closed it; else by its clock (None while it is in use). A sign-in that was reported counts as fraud:
    its account is closed for good after 60 days like the others, and its data are kept five years."""
    if facts.asked_at is not None:
        return due_on_request(facts, at=facts.asked_at)
    until = return_until(facts)
    return due_at(facts) if until is None else due_on_request(facts, at=until)


def rule_of(facts: AccountFacts) -> str:
    """The code of the rule that ends an account: what its owner asked for, that they closed it, else its clock."""
    if facts.asked_at is not None:
        return ON_REQUEST
    return clock_of(facts).code if return_until(facts) is None else CLOSED_BY_OWNER.code


def warned_days(facts: AccountFacts) -> int:
    """How many days before the end an owner must have been told; 0: they need not have been."""
    return clock_of(facts).warned_days if return_until(facts) is None else CLOSED_BY_OWNER.warned_days


def told_at(facts: AccountFacts) -> datetime | None:
    """When an owner was told of this end; a warning from before they closed the account was about another."""
    until = return_until(facts)
    if until is not None and facts.warned_at is not None and facts.warned_at < until - RETURN_WITHIN:
        return None
    return facts.warned_at


def why_not_erase(facts: AccountFacts, *, at: datetime) -> Refusal | None:
    """The first reason why an account cannot be forgotten now, or None."""
    if facts.erased:
        return refuse(terms.ALREADY_ERASED)
    if facts.extract_pending:
        return refuse(terms.EXTRACT_PENDING)
    due = ends_at(facts)
    if due is None:
        return refuse(terms.NO_CLOCK)
    if due > at:
        return refuse(terms.NOT_DUE, until=due)
    days, told = warned_days(facts), told_at(facts)
    if days and (told is None or told > at - timedelta(days=days)):
        return refuse(terms.NOT_WARNED, days=days)
    if facts.live_bookings:
        return refuse(terms.BOOKINGS_LIVE)
    return None


def is_warning_due(facts: AccountFacts, *, at: datetime) -> bool:
    """Whether the owner must be told now that the account goes: a professional 30 days before, a youth whose request
    waits 10 days before; one who closed it, 10 days before they can open it no more. Once."""
    if facts.erased or told_at(facts) is not None:
        return False
    until = return_until(facts)
    if until is not None:
        return until - timedelta(days=CLOSED_BY_OWNER.warned_days) <= at
    if facts.asked_at is not None:
        due = due_on_request(facts, at=facts.asked_at)
        return due > facts.asked_at and due - WARNED_BEFORE <= at
    due_by_clock, days = due_at(facts), clock_of(facts).warned_days
    return bool(days) and due_by_clock is not None and due_by_clock - timedelta(days=days) <= at


def why_not_ask(facts: AccountFacts) -> Refusal | None:
    """Why nobody may ask for an account to be forgotten, or None."""
    if facts.erased:
        return refuse(terms.ALREADY_ERASED)
    if facts.audience is not Audience.YOUTH:
        return refuse(terms.NOT_A_YOUTH)
    if facts.asked_at is not None:
        return refuse(terms.ALREADY_ASKED)
    return None


def can_undo_until(facts: AccountFacts) -> datetime | None:
    """Until when a request can be withdrawn: 60 days, or none where it is carried out at once or was not made."""
    if facts.asked_at is None or due_on_request(facts, at=facts.asked_at) <= facts.asked_at:
        return None
    return min(facts.asked_at + UNDO_WITHIN, due_on_request(facts, at=facts.asked_at))


def closed_for_good_at(facts: AccountFacts) -> datetime | None:
    """From when its owner can open an account no more: that they asked to be forgotten, or closed it. None: they did neither,
    or what they asked for is done at once."""
    return can_undo_until(facts) if facts.asked_at is not None else return_until(facts)


def why_not_undo(facts: AccountFacts, *, at: datetime) -> Refusal | None:
    """Why a request cannot be withdrawn now, or None."""
    if facts.asked_at is None:
        return refuse(terms.NOT_ASKED)
    until = can_undo_until(facts)
    return refuse(terms.TOO_LATE_TO_UNDO) if until is None or until <= at else None


def why_not_extract(*, erased: bool, pending: bool, asked_today: int) -> Refusal | None:
    """Why an extract cannot be asked for, or None. `asked_today`: by the same person in the last 24 hours."""
    if erased:
        return refuse(terms.ALREADY_ERASED)
    if pending:
        return refuse(terms.EXTRACT_PENDING)
    return refuse(terms.TOO_MANY_EXTRACTS, most=EXTRACTS_A_DAY) if asked_today >= EXTRACTS_A_DAY else None


def why_not_fetch(*, expires_at: datetime | None, at: datetime) -> Refusal | None:
    """Why a file cannot be fetched, or None. No end: it is not made yet."""
    if expires_at is None:
        return refuse(terms.NOT_READY)
    return refuse(terms.EXTRACT_EXPIRED) if expires_at <= at else None


def why_not_rectify(
    *, changed: dict[str, object], allowed: Collection[str], why: str, department: str, at: datetime
) -> Refusal | None:
    """Why a correction cannot be made, or None. `changed`: the new values, of those fields that differ."""
    if why not in set(allowed):
        return refuse(terms.WHY_UNKNOWN)
    if not changed:
        return refuse(terms.NOTHING_TO_RECTIFY)
    for field, value in changed.items():
        if field not in terms.RECTIFIABLE:
            return refuse(terms.NOT_RECTIFIABLE, field=field)
        if field in ("first_name", "last_name") and not value:
            return refuse(terms.NAME_MISSING)
        if isinstance(value, date) and value > day_at(at, department):
            return refuse(terms.BORN_IN_FUTURE)
    return None


def deposit_dates_before(at: datetime) -> datetime:
    """Deposits that ended before this instant have their dates cut."""
    return years_before(at.astimezone(UTC), DEPOSIT_YEARS)
