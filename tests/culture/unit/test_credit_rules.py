"""Every regime since 2019: who enters, what they receive, what moves, under which caps, until when."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from diptych.culture.domain.people.rules import DEPARTMENTS
from diptych.culture.domain.wallet.rules import (
    LAW,
    Payment,
    decide_credit,
    decide_eligibility,
    decide_funds,
    decide_grant,
    expires_at,
    missing_steps,
    received_15_17,
    why_not_add,
    why_opened,
)
from diptych.culture.domain.wallet.rules.law import AMOUNTS, CAPS, ENDS, REGIMES, AgeAmount, Cap, End, Regime
from diptych.culture.domain.wallet.terms import (
    STEPS,
    Bucket,
    CreditDecision,
    DepositType,
    Granted,
    HeldBooking,
    HeldDeposit,
    MovementKind,
    Scheme,
    Step,
)

PARIS = ZoneInfo("Europe/Paris")
OLD, ADULT, NEW, FREE = DepositType.GRANT_15_17, DepositType.GRANT_18, DepositType.GRANT_17_18, DepositType.GRANT_FREE


def noon(text: str, zone: ZoneInfo = PARIS) -> datetime:
    """Noon of a day, by a clock."""
    return datetime.fromisoformat(text).replace(hour=12, tzinfo=zone)


def credit(
    born: str, registered: str, granted: str, *held: HeldDeposit, department: str = "75", **more: object
) -> CreditDecision:
    """A decision between two noons."""
    return decide_credit(
        born=date.fromisoformat(born), department=department, registered_at=noon(registered), granted_at=noon(granted),
        held=held, **more,
    )  # type: ignore[arg-type]  # fmt: skip


def told(made: CreditDecision) -> str:
    """A decision as one line: deposit, version, total, the sums that it adds."""
    sums = "+".join(f"{one.kind}:{one.amount_cents // 100}" for one in made.recredits)
    return f"{made.deposit} v{made.version} {made.amount_cents // 100} {sums}".strip()


@pytest.mark.parametrize(
    ("born", "registered", "granted", "department", "expected"),
    [
        # the experiment: 18, fourteen départements, 500 €; then everywhere, 300 €
        ("2001-06-01", "2019-07-01", "2019-07-02", "93", "GRANT_18 v1 500 FirstGrant:500"),
        ("2001-06-01", "2019-07-01", "2019-07-02", "75", "None v1 0"),
        ("2001-06-01", "2019-01-31", "2019-01-31", "93", "None v1 0"),
        ("2003-01-01", "2021-05-20", "2021-05-20", "93", "GRANT_18 v1 500 FirstGrant:500"),
        ("2003-01-01", "2021-05-20", "2021-05-21", "93", "GRANT_18 v2 300 FirstGrant:300"),
        ("2003-01-01", "2021-05-21", "2021-05-21", "75", "GRANT_18 v2 300 FirstGrant:300"),
        ("2003-01-01", "2021-05-21", "2021-05-21", "988", "None v1 0"),
        ("2004-01-01", "2022-05-21", "2022-05-21", "988", "GRANT_18 v2 300 FirstGrant:300"),
        # 15–17: cumulative by age
        ("2008-03-10", "2023-03-10", "2023-03-10", "75", "GRANT_15_17 v1 20 Recredit15:20"),
        ("2008-03-10", "2023-03-10", "2024-03-10", "75", "GRANT_15_17 v1 50 Recredit15:20+Recredit16:30"),
        ("2008-01-10", "2025-02-20", "2025-02-21", "75", "GRANT_15_17 v1 30 Recredit17:30"),
        ("2008-03-10", "2021-12-31", "2021-12-31", "75", "None v1 0"),
        # who registered before the decree keeps their regime
        ("2007-02-10", "2025-02-28", "2025-03-10", "75", "GRANT_18 v2 300 FirstGrant:300"),
        ("2007-02-10", "2025-03-01", "2025-03-10", "75", "GRANT_17_18 v1 150 Recredit18:150"),
        ("2008-01-10", "2025-02-28", "2025-03-10", "75", "GRANT_15_17 v1 30 Recredit17:30"),
        ("2009-01-10", "2025-02-28", "2025-03-10", "75", "GRANT_15_17 v1 30 Recredit16:30"),
        # … until a 17th or 18th birthday comes
        ("2008-03-05", "2025-02-28", "2025-03-10", "75", "GRANT_17_18 v1 50 Recredit17:50"),
        ("2008-01-10", "2025-02-28", "2026-01-10", "75", "GRANT_17_18 v1 200 Recredit17:50+Recredit18:150"),
        # 17–18, and free accounts
        ("2009-01-10", "2026-01-10", "2026-01-10", "75", "GRANT_17_18 v1 50 Recredit17:50"),
        ("2009-01-10", "2026-01-10", "2027-01-10", "75", "GRANT_17_18 v1 200 Recredit17:50+Recredit18:150"),
        ("2009-01-10", "2027-06-10", "2028-06-10", "75", "GRANT_17_18 v1 150 Recredit18:150"),
        ("2010-01-10", "2026-01-10", "2026-01-11", "75", "GRANT_FREE v1 0"),
        ("2010-01-10", "2026-01-10", "2027-01-10", "75", "GRANT_17_18 v1 50 Recredit17:50"),
        ("2012-01-10", "2026-01-10", "2026-01-10", "75", "None v1 0"),
        ("2005-01-10", "2023-06-10", "2026-01-10", "75", "None v1 0"),
        ("2007-01-10", "2026-02-10", "2026-02-10", "75", "None v1 0"),  # 19 at registration
        # 29 February: the birthday comes on 1 March
        ("2008-02-29", "2026-02-28", "2026-02-28", "75", "GRANT_17_18 v1 50 Recredit17:50"),
        ("2008-02-29", "2026-03-01", "2026-03-01", "75", "GRANT_17_18 v1 150 Recredit18:150"),
    ],
)
def test_a_first_credit(born: str, registered: str, granted: str, department: str, expected: str) -> None:
    """The regime of the registration, the version of the day it is made, the sums of the ages since."""
    assert told(credit(born, registered, granted, department=department)) == expected


BOOKED = (
    HeldBooking("CONFIRMED", 5_00),
    HeldBooking("USED", 7_00),
    HeldBooking("REIMBURSED", 10_00),
    HeldBooking("CANCELLED", 9_00),
)


@pytest.mark.parametrize(
    ("born", "granted", "held", "expected"),
    [
        (
            "2008-03-10",
            "2026-03-10",
            HeldDeposit(OLD, 30_00, BOOKED),
            "GRANT_17_18 v1 220 Recredit17:50+Recredit18:150+PreviousDeposit:20",
        ),
        ("2008-01-10", "2026-01-10", HeldDeposit(OLD, 30_00), "GRANT_17_18 v1 180 Recredit18:150+PreviousDeposit:30"),
        (
            "2008-03-10",
            "2025-03-10",
            HeldDeposit(OLD, 30_00, (HeldBooking("REIMBURSED", 30_00),)),
            "GRANT_17_18 v1 50 Recredit17:50",
        ),
        ("2008-01-10", "2025-03-10", HeldDeposit(OLD, 30_00), "GRANT_15_17 v1 30"),  # 17 already, and paid for it
        ("2009-06-10", "2025-06-10", HeldDeposit(OLD, 20_00), "GRANT_15_17 v1 20"),  # 16 after the decree: nothing more
        ("2007-06-10", "2024-06-11", HeldDeposit(OLD, 20_00), "GRANT_15_17 v1 80 Recredit16:30+Recredit17:30"),
        ("2007-02-10", "2025-06-10", HeldDeposit(ADULT, 300_00), "GRANT_18 v2 300"),
        ("2008-06-10", "2026-06-10", HeldDeposit(NEW, 50_00), "GRANT_17_18 v1 200 Recredit18:150"),
        ("2008-06-10", "2026-06-10", HeldDeposit(NEW, 200_00), "GRANT_17_18 v1 200"),
        ("2009-06-12", "2025-06-13", HeldDeposit(FREE, 0), "GRANT_FREE v1 0"),
        ("2008-06-12", "2025-06-13", HeldDeposit(FREE, 0), "GRANT_17_18 v1 50 Recredit17:50"),
    ],
)
def test_who_already_holds_a_deposit(born: str, granted: str, held: HeldDeposit, expected: str) -> None:
    """Recredits at birthdays, and the move from 15–17 to 17–18 with what was left and the bookings that are not paid."""
    registered = "2025-06-12" if held.deposit in (NEW, FREE) else "2024-06-01"
    assert told(credit(born, min(registered, granted), granted, held)) == expected


def test_the_move_takes_its_bookings_along() -> None:
    """CONFIRMED and USED move; REIMBURSED and CANCELLED stay."""
    made = credit("2008-03-10", "2024-06-01", "2026-03-10", HeldDeposit(OLD, 30_00, BOOKED))
    assert (made.moves_from, made.moved_bookings) == (OLD, 2)
    assert [one.code for one in made.because] == [
        "credit.birthday.AGE17_18", "credit.amount.Recredit17", "credit.amount.Recredit18", "credit.transition", "credit.end",
    ]  # fmt: skip


def test_which_ages_an_old_deposit_was_paid_for() -> None:
    """By its amount, up to the last age before the decree; what fits no run of ages counts as the longest below."""
    facts = {"born": date(2008, 1, 10), "department": "75", "at": noon("2025-06-01")}
    kinds = {
        amount: {k.value[-2:] for k in received_15_17(amount, **facts)} for amount in (2000, 3000, 5000, 6000, 8000, 9900, 0)
    }
    assert kinds == {2000: {"15"}, 3000: {"17"}, 5000: {"15", "16"}, 6000: {"16", "17"}, 8000: {"15", "16", "17"}, 9900: {"15", "16", "17"}, 0: set()}  # fmt: skip
    assert received_15_17(3000, born=date(2012, 1, 1), department="75", at=noon("2025-06-01")) == frozenset()


@pytest.mark.parametrize("department", ["75", "971", "975", "986", "987", "988"])
def test_the_second_before_and_after_the_decree(department: str) -> None:
    """The decree begins at midnight of each département's clock."""
    zone = ZoneInfo(DEPARTMENTS[department].zone)
    midnight = datetime(2025, 3, 1, tzinfo=zone)
    facts = {"born": date(2007, 1, 1), "department": department, "granted_at": midnight + timedelta(days=5)}
    before = decide_credit(registered_at=midnight - timedelta(seconds=1), **facts)  # type: ignore[arg-type]
    after = decide_credit(registered_at=midnight, **facts)  # type: ignore[arg-type]
    assert (before.amount_cents, after.amount_cents) == (300_00, 150_00)
    seen = [
        decide_eligibility(born=date(2007, 1, 1), department=department, at=at).scheme
        for at in (midnight - timedelta(seconds=1), midnight)
    ]
    assert seen == [Scheme.AGE18, Scheme.AGE17_18]


@pytest.mark.parametrize(
    ("born", "at", "first", "expected"),
    [
        ("2008-03-10", "2023-03-09", None, "- 2023-03-10 2027-03-10"),
        ("2008-03-10", "2023-03-10", None, "UNDERAGE 2023-03-10 2027-03-10"),
        ("2007-02-10", "2025-02-28", None, "AGE18 2022-02-10 2026-02-10"),
        ("2010-03-10", "2025-03-10", None, "FREE 2025-03-10 2029-03-10"),
        ("2008-03-10", "2025-03-09", None, "FREE 2023-03-10 2027-03-10"),
        ("2008-03-10", "2025-03-09", "2025-02-01", "UNDERAGE 2023-03-10 2029-03-10"),
        ("2008-03-10", "2025-03-10", None, "AGE17_18 2025-03-10 2027-03-10"),
        ("2008-03-10", "2027-03-09", None, "AGE17_18 2025-03-10 2027-03-10"),
        ("2008-03-10", "2027-03-10", None, "- 2025-03-10 2027-03-10"),
        ("2008-03-10", "2027-03-10", "2026-06-01", "AGE17_18 2025-03-10 2029-03-10"),
        ("2008-03-10", "2029-03-09", "2026-06-01", "AGE17_18 2025-03-10 2029-03-10"),
        ("2008-03-10", "2029-03-10", "2026-06-01", "- 2025-03-10 2029-03-10"),
        ("2006-02-10", "2025-06-10", "2024-06-01", "AGE18 2021-02-10 2027-02-10"),
        ("2006-02-10", "2025-06-10", "2026-06-01", "- 2023-02-10 2025-02-10"),  # a registration still to come
        ("2008-03-10", "2027-03-10", "2025-03-05", "- 2025-03-10 2027-03-10"),  # a free account keeps no right
        ("2012-03-10", "2026-03-10", None, "- 2027-03-10 2031-03-10"),
    ],
)
def test_eligibility(born: str, at: str, first: str | None, expected: str) -> None:
    """In the order of the guide, with its window."""
    found = decide_eligibility(
        born=date.fromisoformat(born), department="75", at=noon(at), first_registered_at=noon(first) if first else None
    )
    window = [instant.astimezone(PARIS).date().isoformat() for instant in (found.opens_at, found.closes_at)]
    assert " ".join([found.scheme or "-", *window]) == expected
    assert found.eligible is (found.scheme is not None)


@pytest.mark.parametrize(
    ("deposit", "version", "department", "made", "digital", "physical"),
    [
        (ADULT, 1, "93", "2020-01-01", 200_00, 200_00),
        (ADULT, 1, "976", "2020-01-01", 150_00, 200_00),
        (ADULT, 2, "75", "2024-01-01", 100_00, None),
        (ADULT, 2, "986", "2024-01-01", None, None),
        (ADULT, 2, "975", "2024-01-01", 200_00, None),
        (OLD, 1, "75", "2024-01-01", None, None),
        (NEW, 1, "75", "2025-06-01", 100_00, None),
        (NEW, 1, "976", "2025-06-01", 150_00, None),
        (NEW, 1, "75", "2026-06-01", 50_00, None),
        (NEW, 1, "976", "2026-06-01", None, None),
        (FREE, 1, "75", "2026-06-01", None, None),
    ],
)
def test_caps(deposit: DepositType, version: int, department: str, made: str, digital: int | None, physical: int | None) -> None:
    """By deposit, version, département and the day it was made."""
    funds = decide_funds(
        deposit=deposit, version=version, department=department, made_on=date.fromisoformat(made), amount_cents=300_00,
        spent=(), asked=Payment(0, False, False, False), expires_at=noon("2030-01-01"), at=noon(made),
    )  # fmt: skip
    assert (funds.digital_cap_cents, funds.physical_cap_cents) == (digital, physical)


@pytest.mark.parametrize(
    ("asked", "short"),
    [
        (Payment(60_00, True, False, True), None),
        (Payment(60_01, True, False, True), Bucket.DIGITAL),
        (Payment(60_01, True, False, False), None),
        (Payment(110_01, True, False, True), Bucket.NONE),
        (Payment(110_00, False, True, False), None),
    ],
)
def test_what_a_deposit_can_pay(asked: Payment, short: Bucket | None) -> None:
    """The total first, then the cap that the booking counts in; nothing once expired."""
    facts = {
        "deposit": NEW, "version": 1, "department": "75", "made_on": date(2025, 6, 1), "amount_cents": 150_00,
        "spent": (Payment(40_00, True, False, True),), "expires_at": noon("2028-01-01"),
    }  # fmt: skip
    funds = decide_funds(asked=asked, at=noon("2025-07-01"), **facts)  # type: ignore[arg-type]
    assert (funds.accepted, funds.short_of) == (short is None, short)
    late = decide_funds(asked=asked, at=noon("2028-01-01"), **facts)  # type: ignore[arg-type]
    assert (late.short_of, late.because[-1].code) == (Bucket.NONE, "caps.expired")


def test_a_physical_cap_says_no() -> None:
    """The experiment's 200 € for goods."""
    funds = decide_funds(
        deposit=ADULT, version=1, department="93", made_on=date(2020, 1, 1), amount_cents=500_00, spent=(),
        asked=Payment(200_01, False, True, False), expires_at=noon("2022-01-01"), at=noon("2020-02-01"),
    )  # fmt: skip
    assert funds.short_of is Bucket.PHYSICAL


def test_ends() -> None:
    """Two years for the experiment, a leap day included; the 21st birthday + 11 h since, in the département's zone."""
    assert expires_at(date(2001, 1, 1), "93", deposit=ADULT, version=1, made_at=noon("2020-02-29")) == noon("2022-02-28")
    assert expires_at(date(2001, 1, 1), "93", deposit=ADULT, version=1, made_at=noon("2020-05-31")) == noon("2022-05-31")
    noumea = ZoneInfo("Pacific/Noumea")
    assert expires_at(date(2008, 3, 10), "988", made_at=noon("2026-03-10")) == datetime(2029, 3, 10, 11, tzinfo=noumea)
    assert LAW.end(FREE, 9, on=date(2026, 1, 1)) is ENDS[-1]


def test_steps_by_machine() -> None:
    """Phone at 18 only; identity and honour for money; a free account needs its address and its profile."""

    def missing(born: str, registered: str, *done: Step) -> list[str]:
        return [
            step.name
            for step in missing_steps(
                done, born=date.fromisoformat(born), department="75", registered_at=noon(registered), at=noon("2026-06-01")
            )
        ]

    assert missing("2008-01-01", "2026-06-01") == [step.name for step in STEPS]
    assert missing("2009-01-01", "2026-06-01", Step.EMAIL) == ["PROFILE", "IDENTITY", "HONOUR"]
    assert missing("2010-01-01", "2026-06-01", Step.EMAIL) == ["PROFILE"]
    assert missing("2009-12-01", "2025-02-01", Step.EMAIL, Step.PROFILE) == ["IDENTITY", "HONOUR"]
    assert missing("2014-01-01", "2026-06-01", Step.EMAIL) == ["PROFILE"]
    made = credit("2008-01-01", "2026-06-01", "2026-06-01", missing_steps=("PHONE_VALIDATION",))
    assert (made.deposit, made.because[-1].code) == (None, "credit.steps")


def test_the_grant_of_an_operation() -> None:
    """A check before the decree keeps its regime; free accounts open only where they are open; caps are those of the day."""
    facts = {"department": "75", "email_validated": True, "held": frozenset[DepositType](), "at": noon("2026-06-01")}
    young = {"born": date(2010, 1, 1), "registered_at": noon("2026-06-01")}
    free, shut = decide_grant(**young, free=True, **facts), decide_grant(**young, **facts)  # type: ignore[arg-type]
    assert isinstance(free, Granted)
    assert free.deposit is FREE
    assert not isinstance(shut, Granted)
    assert shut.reason.code == "wallet.too_young"
    kept = decide_grant(born=date(2006, 6, 10), registered_at=noon("2024-07-01"), checked_at=noon("2024-07-01"), **facts)  # type: ignore[arg-type]
    assert isinstance(kept, Granted)
    assert (kept.deposit, kept.version, kept.digital_cap_cents) == (ADULT, 2, 100_00)
    early = {**facts, "at": datetime(2018, 1, 1, tzinfo=UTC)}
    none = decide_grant(born=date(2000, 1, 1), registered_at=early["at"], **early)  # type: ignore[arg-type]
    assert not isinstance(none, Granted)


def test_a_grant_names_the_deposit_that_it_takes_over() -> None:
    """A 15–17 deposit that is held ends with the grant of a 17–18 one; a free one does not."""
    facts = {"born": date(2008, 1, 1), "department": "75", "registered_at": noon("2026-06-01"), "email_validated": True}
    for held, expected in ((frozenset({OLD}), OLD), (frozenset({FREE}), None), (frozenset[DepositType](), None)):
        made = decide_grant(held=held, at=noon("2026-06-01"), **facts)  # type: ignore[arg-type]
        assert isinstance(made, Granted)
        assert made.moves_from is expected


def test_a_draft_is_a_further_row() -> None:
    """A law that is tried is this one with later rows; the law in force is left as it is."""
    day = date(2027, 1, 1)
    draft = LAW.with_rows(
        AgeAmount(NEW, 1, day, 18, MovementKind.RECREDIT_18, 100_00, "draft"),
        Cap(NEW, 1, day, Bucket.DIGITAL, (), 10_00, "draft"),
        Regime(Scheme.AGE17_18, NEW, 1, day, None, (16, 18), "draft"),
        End(NEW, 1, day, 20, 0, None, "draft"),
    )
    made = credit("2009-01-01", "2027-02-01", "2027-02-01", law=draft)
    assert (made.amount_cents, made.expires_at) == (100_00, datetime(2029, 1, 1, tzinfo=PARIS))
    assert credit("2011-01-01", "2027-02-01", "2027-02-01", law=draft).scheme is Scheme.AGE17_18
    assert draft.cap(NEW, 1, Bucket.DIGITAL, department="75", on=day).cap_cents == 10_00  # type: ignore[union-attr]
    assert credit("2009-01-01", "2027-02-01", "2027-02-01").amount_cents == 150_00


def test_the_tables_have_no_double() -> None:
    """No two rows of a table say the same thing from the same day."""
    keys = [
        [(r.scheme, r.since, r.version) for r in REGIMES],
        [(r.deposit, r.version, r.age, r.since) for r in AMOUNTS],
        [(c.deposit, c.version, c.bucket, c.since, d) for c in CAPS for d in c.departments or ("",)],
        [(e.deposit, e.version, e.since) for e in ENDS],
    ]
    assert all(len(set(rows)) == len(rows) for rows in keys)


@pytest.mark.parametrize(("cents", "refused"), [(0, True), (1, False), (300_00, False), (300_01, True), (-5, True)])
def test_what_an_officer_may_add(cents: int, refused: bool) -> None:
    """From one cent to 300 € at once."""
    refusal = why_not_add(amount_cents=cents)
    assert (refusal is not None) is refused
    assert refusal is None or refusal.reason.code == "wallet.amount_not_addable"


@pytest.mark.parametrize(
    ("born", "deposit", "took_over"),
    [
        (date(2008, 1, 1), DepositType.GRANT_17_18, None),  # found again from the facts
        (date(2008, 1, 1), DepositType.GRANT_17_18, datetime(2024, 1, 9, 12, tzinfo=UTC)),  # the older deposit's registration
        (None, DepositType.GRANT_17_18, None),  # nobody's birthday any more
        (date(1990, 1, 1), DepositType.GRANT_17_18, None),  # put right since: the facts lead nowhere
        (date(2008, 1, 1), DepositType.GRANT_18, None),  # a decision taken by hand: they lead elsewhere
    ],
)
def test_why_a_deposit_was_opened_is_found_again_or_told_by_its_own_regime(
    born: date | None, deposit: DepositType, took_over: datetime | None
) -> None:
    made = datetime(2026, 1, 10, 12, tzinfo=UTC)
    row = max((row for row in REGIMES if row.deposit is deposit), key=lambda row: row.since)
    why = why_opened(
        deposit=deposit, version=row.version, born=born, department="75", registered_at=made, made_at=made, took_over=took_over
    )
    assert why.said.code.startswith("credit.")
    assert why.source
    assert why.since == row.since
