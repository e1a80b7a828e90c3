"""What somebody is granted: the deposit, its sums by age, the move from one regime to the next, and its end.

Pure: facts and a law in, decision out, with every rule that was applied. Does not hold who may enter (schemes) nor what
can be spent (caps).
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from .. import terms
from ..terms import (
    Because,
    Bucket,
    CreditDecision,
    DepositType,
    Grant,
    Granted,
    HeldDeposit,
    MovementKind,
    Said,
    Scheme,
    because,
    cited,
)
from . import wording
from .caps import cap_for
from .law import CLOSES_AT, CUT_OVER, ENTRY_AGES, LAW, STARTED_CLOSES_AT, Law, Regime
from .schemes import regime_at

from diptych.commons.refusal import Refusal, refuse
from diptych.culture.domain.people.rules import age_at, birthday, birthday_begins, day_at, zone_of

MAJORITY: Final = 18
"""Guide §2.1, roles: BENEFICIARY from 18, UNDERAGE_BENEFICIARY before."""
MOVING: Final = frozenset({"HELD", "CONFIRMED", "USED"})
"""Guide §2.1, transition: statuses whose bookings move with their money. HELD is ours, and lives like CONFIRMED."""
LIVE: Final = MOVING | {"REIMBURSED"}
"""Guide §2.1, balance: every booking that is not cancelled counts."""
_RECREDITS: Final = cited("guide §2.1, recredits of a 17–18 deposit")
TRANSITION: Final = cited("guide §2.1, transition 15–17 → 17–18")
_WINDOW: Final = cited("guide §2.1, window")
_ORDER: Final = cited("guide §2.1, order of decision")
_STEPS: Final = cited("guide §5.1, subscription")
_ONCE: Final = cited("guide §1.1: one deposit a type")


def expires_at(
    born: date,
    department: str,
    *,
    deposit: DepositType = DepositType.GRANT_17_18,
    version: int = 1,
    made_at: datetime | None = None,
    law: Law = LAW,
) -> datetime:
    """When a deposit ends: by its row, 11 h after the 21st birthday begins by the département's clock, or after years."""
    row = law.end(deposit, version, on=day_at(made_at, department) if made_at else date.max)
    if row.years is not None and made_at is not None:
        local = made_at.astimezone(zone_of(department))
        return local.replace(year=local.year + row.years, day=min(local.day, 28) if local.month == 2 else local.day)
    return birthday_begins(born, row.birthday or STARTED_CLOSES_AT, department) + timedelta(hours=row.hours)


def grants_due(
    *,
    born: date,
    department: str,
    registered_at: datetime,
    at: datetime,
    deposit: DepositType = DepositType.GRANT_17_18,
    version: int = 1,
    law: Law = LAW,
) -> tuple[Grant, ...]:
    """One sum for every age from the age at registration to today's (guide §2.1, recredits), in order of age.

    The row of an age is the one that held when that age began, or when somebody already of that age registered.
    """
    first, now = age_at(born, registered_at, department), age_at(born, at, department)
    entered = day_at(registered_at, department)
    found = []
    for age in range(first, now + 1):
        row = law.amount(deposit, version, age, on=max(entered, birthday(born, age)))
        if row is not None:
            found.append(Grant(row.kind, row.amount_cents, row.source, row.since))
    return tuple(found)


def decide_credit(
    *,
    born: date,
    department: str,
    registered_at: datetime,
    granted_at: datetime,
    held: Iterable[HeldDeposit] = (),
    missing_steps: tuple[str, ...] = (),
    law: Law = LAW,
) -> CreditDecision:
    """What somebody holds once a grant is decided at `granted_at`, who registered at `registered_at`.

    The regime is that of the registration (guide §2.1, date that decides), so that whoever registered under one keeps
    it; a 17th or 18th birthday after the cut-over brings the regime of 17–18.
    """
    mine = {one.deposit: one for one in held}
    age = age_at(born, granted_at, department)
    if not ENTRY_AGES[0] <= age <= ENTRY_AGES[1]:
        return _nothing(because(wording.CREDIT_AGE, law.cut_over, _WINDOW, age=age))
    entry, why = _entry(born=born, department=department, registered_at=registered_at, granted_at=granted_at, law=law)
    if entry is None:
        return _nothing(why)
    if missing_steps:
        return _nothing(why, because(wording.CREDIT_STEPS, entry.since, _STEPS, steps=", ".join(missing_steps)))
    if DepositType.GRANT_18 in mine:
        return _kept(mine[DepositType.GRANT_18], entry, why, born, department, granted_at, law)
    if DepositType.GRANT_17_18 in mine:
        return _birthday(mine[DepositType.GRANT_17_18], why, born, department, registered_at, granted_at, law)
    if DepositType.GRANT_15_17 in mine:
        return _after_15_17(mine[DepositType.GRANT_15_17], entry, why, born, department, registered_at, granted_at, law)
    if entry.deposit in mine:
        return _kept(mine[entry.deposit], entry, why, born, department, granted_at, law)
    return _opened(entry, why, born, department, registered_at, granted_at, law)


def _entry(
    *, born: date, department: str, registered_at: datetime, granted_at: datetime, law: Law
) -> tuple[Regime | None, Because]:
    "The regime that a registration opens, and why."
    then = regime_at(born=born, department=department, at=registered_at, law=law)
    now = regime_at(born=born, department=department, at=granted_at, law=law)
    crossed = then is not None and then.scheme is Scheme.UNDERAGE and _turned(born, department, granted_at, law)
    if crossed and now is not None and now.scheme is Scheme.AGE17_18:
        return now, _why(wording.CREDIT_BIRTHDAY, now)
    if then is not None and then.scheme is not Scheme.FREE:
        on, age = day_at(registered_at, department), age_at(born, registered_at, department)
        return then, _why(wording.CREDIT_REGISTERED, then, registered_on=on, age=age)
    if now is not None:
        return now, _why(wording.CREDIT_NOW, now, age=age_at(born, granted_at, department))
    return None, because(wording.CREDIT_NONE, law.cut_over, _ORDER)


def _turned(born: date, department: str, at: datetime, law: Law) -> bool:
    "Whether a 17th or 18th birthday lies between the cut-over and an instant."
    return any(law.cut_over <= birthday(born, age) <= day_at(at, department) for age in (17, 18))


def _opened(
    entry: Regime, why: Because, born: date, department: str, registered_at: datetime, at: datetime, law: Law
) -> CreditDecision:
    version = _version(entry, department, at, law)
    made_on = day_at(at, department)
    if entry.deposit is DepositType.GRANT_18:
        row = law.amount(
            entry.deposit, version, MAJORITY, on=max(made_on if made_on < law.cut_over else entry.since, entry.since)
        )
        grants: tuple[Grant, ...] = (Grant(row.kind, row.amount_cents, row.source, row.since),) if row else ()
    else:
        from_ = max(registered_at, _begins(entry, department))
        grants = grants_due(
            born=born, department=department, registered_at=from_, at=at, deposit=entry.deposit, version=version, law=law
        )
    return _decision(entry.scheme, entry.deposit, version, 0, grants, born, department, at, law, (why, *_of(grants)))


def _version(entry: Regime, department: str, at: datetime, law: Law) -> int:
    "The version of the deposit is that of the day it is made (guide §10.1), within the regimes of the same scheme."
    day = day_at(at, department)
    rows = [row for row in law.regimes if row.deposit is entry.deposit and row.since <= day]
    return max(rows, key=lambda row: row.since).version if rows else entry.version


def _kept(held: HeldDeposit, entry: Regime, why: Because, born: date, department: str, at: datetime, law: Law) -> CreditDecision:
    already = because(wording.CREDIT_HELD, entry.since, _ONCE, deposit=held.deposit.value)
    version = 2 if held.deposit is DepositType.GRANT_18 else 1
    return _decision(entry.scheme, held.deposit, version, held.amount_cents, (), born, department, at, law, (why, already))


def _birthday(
    held: HeldDeposit, why: Because, born: date, department: str, registered_at: datetime, at: datetime, law: Law
) -> CreditDecision:
    "A 17–18 deposit, and the sums of the ages that it has not received."
    due = grants_due(born=born, department=department, registered_at=registered_at, at=at, law=law)
    received = _received(held.amount_cents, due)
    new = tuple(grant for grant in due if grant.kind not in received)
    whys = (why, *_of(new)) if new else (why, because(wording.CREDIT_RECEIVED, CUT_OVER, _RECREDITS))
    return _decision(Scheme.AGE17_18, held.deposit, 1, held.amount_cents, new, born, department, at, law, whys)


def _after_15_17(
    held: HeldDeposit,
    entry: Regime,
    why: Because,
    born: date,
    department: str,
    registered_at: datetime,
    at: datetime,
    law: Law,
) -> CreditDecision:
    "A 15–17 deposit: its own recredits before the cut-over; after it, at 17 or 18, its move to a 17–18 deposit."
    old = DepositType.GRANT_15_17
    if day_at(at, department) < law.cut_over:
        due = grants_due(born=born, department=department, registered_at=registered_at, at=at, deposit=old, law=law)
        received = received_15_17(held.amount_cents, born=born, department=department, at=at, law=law)
        new = tuple(grant for grant in due if grant.kind not in received)
        return _decision(Scheme.UNDERAGE, old, 1, held.amount_cents, new, born, department, at, law, (why, *_of(new)))
    received = received_15_17(held.amount_cents, born=born, department=department, at=at, law=law)
    due = grants_due(born=born, department=department, registered_at=registered_at, at=at, law=law)
    new = tuple(grant for grant in due if grant.kind not in received)
    if not new:
        nothing = because(wording.CREDIT_RECEIVED, CUT_OVER, _RECREDITS)
        return _decision(Scheme.UNDERAGE, old, 1, held.amount_cents, (), born, department, at, law, (why, nothing))
    grants = new
    moving = [one for one in held.bookings if one.status in MOVING]
    carried = max(held.amount_cents - sum(one.amount_cents for one in held.bookings if one.status in LIVE), 0)
    carried += sum(one.amount_cents for one in moving)
    if carried:
        grants = (*new, Grant(MovementKind.PREVIOUS_DEPOSIT, carried, TRANSITION, law.cut_over))
    came = because(wording.CREDIT_TRANSITION, law.cut_over, TRANSITION, carried_cents=carried, bookings=len(moving))
    whys = (why, *_of(new), came)
    return _decision(Scheme.AGE17_18, DepositType.GRANT_17_18, 1, 0, grants, born, department, at, law, whys, old, len(moving))


def received_15_17(amount_cents: int, *, born: date, department: str, at: datetime, law: Law = LAW) -> frozenset[MovementKind]:
    """Which ages a 15–17 deposit of an amount was paid for, where its lines are not at hand: the run of ages, up to the
    last reached before the cut-over, whose sums make the amount; else the longest that does not exceed it."""
    eve = min(day_at(at, department), law.cut_over - timedelta(days=1))
    ages = [age for age in (15, 16, 17) if birthday(born, age) <= eve]
    runs = []
    for first in ages:
        for last in range(first, ages[-1] + 1):
            rows = [law.amount(DepositType.GRANT_15_17, 1, age, on=eve) for age in range(first, last + 1)]
            runs.append((sum(row.amount_cents for row in rows if row), last, frozenset(row.kind for row in rows if row)))
    exact = [run for run in runs if run[0] == amount_cents]
    below = [run for run in runs if run[0] <= amount_cents]
    chosen = max(exact or below, key=lambda run: (run[0], run[1]), default=(0, 0, frozenset[MovementKind]()))
    return chosen[2]


def _received(amount_cents: int, due: tuple[Grant, ...]) -> frozenset[MovementKind]:
    "Which of the sums due a 17–18 deposit has had, where its lines are not at hand: the first ones that it can hold."
    kinds, total = set(), 0
    for grant in due:
        total += grant.amount_cents
        if total <= amount_cents:
            kinds.add(grant.kind)
    return frozenset(kinds)


def _of(grants: Iterable[Grant]) -> list[Because]:
    return [because(wording.AMOUNTS[one.kind], one.since, one.rule, one.kind, amount_cents=one.amount_cents) for one in grants]


def _why(said: Said, regime: Regime, **facts: Any) -> Because:
    return because(said, regime.since, regime.source, regime.scheme, **facts)


def _nothing(*whys: Because) -> CreditDecision:
    return CreditDecision(None, None, 1, 0, (), None, 0, None, whys)


def _decision(
    scheme: Scheme,
    deposit: DepositType,
    version: int,
    before: int,
    grants: tuple[Grant, ...],
    born: date,
    department: str,
    at: datetime,
    law: Law,
    whys: tuple[Because, ...],
    moves_from: DepositType | None = None,
    moved: int = 0,
) -> CreditDecision:
    end = expires_at(born, department, deposit=deposit, version=version, made_at=at, law=law)
    row = law.end(deposit, version, on=day_at(at, department))
    ends = because(wording.CREDIT_END, row.since, row.source, ends_at=end)
    total = before + sum(grant.amount_cents for grant in grants)
    return CreditDecision(scheme, deposit, version, total, grants, moves_from, moved, end, (*whys, ends))


def _begins(regime: Regime, department: str) -> datetime:
    "By the département's clock, as the day of a registration is: at midnight UTC, 28 February is not over in Guadeloupe."
    return datetime.combine(regime.since, time.min, zone_of(department))


def _entered(today: Regime | None, department: str, registered_at: datetime, checked_at: datetime | None) -> datetime:
    "The registration that decides: the identity check's; without one the account's, within the regime of today."
    return checked_at or (max(registered_at, _begins(today, department)) if today else registered_at)


def why_opened(
    *,
    deposit: DepositType,
    version: int,
    born: date | None,
    department: str,
    registered_at: datetime,
    made_at: datetime,
    checked_at: datetime | None = None,
    took_over: datetime | None = None,
    law: Law = LAW,
) -> Because:
    """The rule under which a deposit that exists was opened, found again from its facts. Where they no longer lead there (a
    birth date put right since, a decision taken by hand), the regime of the deposit itself, and its day.

    `took_over`: when the older deposit that it took over was made, which is then the registration."""
    if born is not None:
        today = law.regime(on=day_at(made_at, department), age=MAJORITY, department=department)
        entered = took_over or _entered(today, department, registered_at, checked_at)
        entry, why = _entry(born=born, department=department, registered_at=entered, granted_at=made_at, law=law)
        if entry is not None and (entry.deposit is deposit or took_over is not None):
            return why
    regime = max((row for row in law.regimes if (row.deposit, row.version) == (deposit, version)), key=lambda row: row.since)
    return _why(wording.CREDIT_OPENED, regime, opened_on=day_at(made_at, department))


def decide_grant(
    *,
    born: date | None,
    department: str,
    registered_at: datetime,
    email_validated: bool,
    held: frozenset[DepositType],
    at: datetime,
    checked_at: datetime | None = None,
    free: bool = False,
    law: Law = LAW,
) -> Granted | Refusal:
    """Whether somebody receives a first credit now: the first reason why not, else the deposit with its sums and caps.

    `checked_at` is when their identity check was registered, which decides the regime; without one, the account alone
    (`registered_at`) decides the ages, within the regime of today. `free` opens the accounts without money at 15–16.
    """
    if born is None or not department:
        return refuse(terms.NO_BIRTH_DATE)
    if not email_validated:
        return refuse(terms.EMAIL_NOT_VALIDATED)
    today = law.regime(on=day_at(at, department), age=MAJORITY, department=department)
    entered = _entered(today, department, registered_at, checked_at)
    entry, why = _entry(born=born, department=department, registered_at=entered, granted_at=at, law=law)
    age = age_at(born, at, department)
    if entry is None or (entry.scheme is Scheme.FREE and not free) or age > ENTRY_AGES[1]:
        if age >= CLOSES_AT:
            return refuse(terms.TOO_OLD)
        first = today.ages[0] if today else MAJORITY
        return refuse(terms.TOO_YOUNG, age=first, opens_on=birthday(born, first).isoformat())
    if entry.deposit in held:
        return refuse(terms.ALREADY_GRANTED)
    opened = _opened(entry, why, born, department, entered, at, law)
    day = day_at(at, department)

    end = opened.expires_at or expires_at(born, department)
    crosses = entry.deposit is DepositType.GRANT_17_18 and DepositType.GRANT_15_17 in held
    return Granted(
        entry.deposit,
        opened.recredits,
        cap_for(entry.deposit, Bucket.DIGITAL, department=department, on=day, version=opened.version, law=law),
        cap_for(entry.deposit, Bucket.PHYSICAL, department=department, on=day, version=opened.version, law=law),
        end,
        opened.version,
        opened.because,
        moves_from=DepositType.GRANT_15_17 if crosses else None,
    )
