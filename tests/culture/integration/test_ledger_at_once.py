"""One wallet, everything at once: machines that draw its whole life, and threads that really meet, on PostgreSQL."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from diptych.commons.refusal import Refused
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.queries import discrepancies, verify_ledger
from diptych.culture.domain.catalogue.models import Stock
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.wallet import operations
from diptych.culture.domain.wallet.models import Deposit, Movement
from diptych.culture.domain.wallet.queries import wallet_of
from diptych.culture.domain.wallet.terms import ONCE_A_PERSON, DepositType, Granted, MovementKind, WhyAdded
from tests.culture.factories import AT, offer, youth
from tests.culture.integration.test_ledger import BONUS, BORN, THEN, audiobook, novel, underage
from tests.thoroughness import examples


class Wallet(RuleBasedStateMachine):
    """The life of one wallet from 15 to 21, in any order that time allows. What it should hold is counted beside it,
    by the official formula: what a deposit received, less its bookings that are not cancelled (guide §2.1, balance)."""

    @initialize(months=st.integers(0, 40), legacy=st.booleans())
    def begin(self, months: int, legacy: bool) -> None:
        """Somebody with a deposit of 2022, or with none yet; a few things to book."""
        self.block = transaction.atomic()
        self.block.__enter__()
        self.person = (
            underage()
            if legacy
            else youth(credit=False, at=THEN, birth_date=BORN, registered_at=THEN + timedelta(days=30 * months))
        )
        self.at = max(THEN, self.person.registered_at)
        shop = offer(at=THEN).venue
        self.stocks: list[Stock] = [
            novel(of=offer(at_venue=shop, at=THEN), price_cents=cents) for cents in (1_00, 12_50, 49_99, 90_00)
        ]
        self.stocks += [audiobook(price_cents=cents) for cents in (4_00, 30_00)]
        self.by_hand = 0

    def teardown(self) -> None:
        """Nothing is kept of an example."""
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def _try(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Refused:
            return None

    @rule(days=st.sampled_from([0, 1, 29, 200, 400]))
    def wait(self, days: int) -> None:
        """Time goes by."""
        self.at += timedelta(days=days, minutes=7)

    @rule()
    def activate(self) -> None:
        """They ask for their credit."""
        self._try(lambda: operations.open_credit(person_id=self.person.pk, at=self.at))

    @rule()
    def birthdays(self) -> None:
        """The job runs: recredits, and the change of regime."""
        operations.recredit_birthdays(at=self.at)
        assert operations.recredit_birthdays(at=self.at) == 0

    @rule()
    def bonus(self) -> None:
        """The family quotient is low."""
        self._try(lambda: operations.add_bonus(person_id=self.person.pk, grant=BONUS, actor="test:1", at=self.at))

    @rule(cents=st.integers(1, 300_00), key=st.sampled_from("ab"))
    def by_officer(self, cents: int, key: str) -> None:
        """An officer adds credit, perhaps twice by the same act."""
        why = WhyAdded.COMMERCIAL_GESTURE
        added = self._try(
            lambda: operations.add_credit(
                person_id=self.person.pk, amount_cents=cents, why=why, key=key, actor="person:1", at=self.at
            )
        )
        self.by_hand += cents if added else 0

    @rule(cents=st.integers(1, 20_00), incident=st.integers(1, 2))
    def by_incident(self, cents: int, incident: int) -> None:
        """A finance incident gives back."""
        back = {"incident_id": incident, "amount_cents": cents, "actor": "test:1", "at": self.at}
        added = self._try(lambda: operations.return_incident(person_id=self.person.pk, **back))
        self.by_hand += cents if added else 0

    @rule(which=st.integers(0, 5))
    def book(self, which: int) -> None:
        """They book."""
        stock_id = self.stocks[which].pk
        self._try(lambda: bookings.book(person_id=self.person.pk, stock_id=stock_id, places=1, at=self.at))

    @rule(which=st.integers(0, 5))
    def cancel(self, which: int) -> None:
        """They cancel one of their bookings."""
        mine = Booking.objects.filter(person=self.person).order_by("pk")
        if mine:
            booking_id = mine[which % len(mine)].pk
            self._try(lambda: bookings.cancel(booking_id=booking_id, person_id=self.person.pk, at=self.at))

    @rule(which=st.integers(0, 5), paid=st.booleans())
    def honour(self, which: int, paid: bool) -> None:
        """A booking is used, then perhaps paid to its venue."""
        mine = Booking.objects.filter(person=self.person, status="CONFIRMED").order_by("pk")
        if mine:
            made = mine[which % len(mine)]
            bookings.use(token=made.token, venue_ids=[made.offer.venue_id], actor="venue:1", at=self.at)
            if paid:  # the chapter of reimbursements will do it
                Booking.objects.filter(pk=made.pk).update(status="REIMBURSED")

    @rule()
    def night(self) -> None:
        """What nobody fetched expires; what was not spent in time is returned."""
        bookings.expire_uncollected(at=self.at)
        operations.return_expired(at=self.at)

    @invariant()
    def holds(self) -> None:
        """The ledger is proved, nobody received twice, and what is shown is what the formula says."""
        if not hasattr(self, "person"):
            return
        verdict = verify_ledger()
        assert verdict.faults == []
        assert sum(verdict.accounts.values()) == 0
        given = list(Movement.objects.filter(debited="state").values_list("kind", "amount_cents"))
        once = [kind for kind, _ in given if kind in ONCE_A_PERSON]
        assert len(once) == len(set(once))
        assert -verdict.accounts.get("state", 0) == self.by_hand + sum(cents for kind, cents in given if kind in ONCE_A_PERSON)
        view = wallet_of(person_id=self.person.pk, at=self.at)
        if view is not None:
            deposit = Deposit.objects.filter(person=self.person).latest("pk")
            live = Booking.objects.filter(deposit=deposit).exclude(status="CANCELLED")
            due = view.granted_cents - sum(live.values_list("total_cents", flat=True))
            assert view.left.total_cents == (due if self.at < deposit.expires_at else 0)


@pytest.mark.django_db
def test_the_life_of_a_wallet() -> None:
    """Any order of activation, birthdays, regime change, bonus, bookings and cancellations leaves a ledger that is proved."""
    run_state_machine_as_test(
        Wallet,
        settings=settings(
            max_examples=examples(15), stateful_step_count=25,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Do everything at once, each on a thread and a connection of its own. Gives the answers: a value, or a code."""
    ready, answers = threading.Barrier(len(acts)), list[Any]([None] * len(acts))

    def run(place: int, act: Callable[[], Any]) -> None:
        ready.wait()
        try:
            answers[place] = act()
        except Refused as refused:
            answers[place] = refused.code
        except Exception as fault:  # shown by the assertion on the answers
            answers[place] = fault
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def _afterwards() -> Iterator[None]:
    "Whatever happened at once, the ledger holds and everything else agrees."
    yield
    assert discrepancies() == []
    assert verify_ledger().faults == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_afterwards")
def test_activation_at_once_opens_once() -> None:
    """Eight requests open one credit; the seven others are told that it is there."""
    for _ in range(3):
        ines = youth(credit=False)
        answers = at_once([lambda pk=ines.pk: operations.open_credit(person_id=pk, at=AT)] * 8)
        assert sorted(str(type(a).__name__) for a in answers) == ["Granted"] + ["str"] * 7
        assert {a for a in answers if not isinstance(a, Granted)} == {"wallet.already_granted"}
        assert Movement.objects.filter(credited_deposit__person=ines).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_afterwards")
def test_birthday_regime_bonus_bookings_and_cancellations_at_once() -> None:
    """One wallet turns 18 while its holder books and cancels: one new deposit, each sum once, nothing lost."""
    for _ in range(4):
        _turn_18(underage())


def _turn_18(malo: Person) -> None:
    old, new = [novel(price_cents=cents) for cents in (5_00, 7_00, 3_00)], [novel(price_cents=40_00) for _ in range(6)]
    mine = [bookings.book(person_id=malo.pk, stock_id=s.pk, places=1, at=THEN).id for s in old]
    acts: list[Callable[[], Any]] = [
        *(lambda s=s: bookings.book(person_id=malo.pk, stock_id=s.pk, places=1, at=AT) for s in new),
        *(lambda b=b: bookings.cancel(booking_id=b, person_id=malo.pk, at=AT) for b in mine[:2] * 2),
        *[lambda: operations.keep_up(person_id=malo.pk, actor="job:1", at=AT)] * 2,
        *[lambda: operations.add_bonus(person_id=malo.pk, grant=BONUS, actor="job:2", at=AT)] * 2,
        lambda: operations.recredit_birthdays(at=AT),
        lambda: operations.return_expired(at=AT),
    ]
    assert [answer for answer in at_once(acts) if isinstance(answer, Exception)] == []
    kinds = list(Movement.objects.filter(credited_deposit__person=malo, debited="state").values_list("kind", flat=True))
    assert len(kinds) == len(set(kinds)) >= 3
    assert Deposit.objects.filter(person=malo, type=DepositType.GRANT_17_18).count() == 1
    assert Movement.objects.filter(credited_deposit__person=malo, kind=MovementKind.PREVIOUS_DEPOSIT).count() == 1
    live = Booking.objects.filter(person=malo).exclude(status="CANCELLED")
    assert set(live.values_list("deposit__type", flat=True)) <= {"GRANT_17_18"}
    view = wallet_of(person_id=malo.pk, at=AT)
    assert view is not None
    received = 50_00 + 150_00 + (50_00 if "BonusCredit" in kinds else 0)
    assert view.left.total_cents == received - sum(live.values_list("total_cents", flat=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_afterwards")
def test_the_guard_alone_refuses_to_overspend() -> None:
    """Two who write to the ledger without having locked anything: the guard's own lock lets one pass."""
    ines = youth()
    deposit = Deposit.objects.get(person=ines)

    def spend() -> None:
        Movement.objects.create(
            kind="Expired", amount_cents=100_00, debited="deposit", debited_deposit=deposit, credited="expired", at=AT
        )

    answers = at_once([spend] * 4)
    assert sum(a is None for a in answers) == 1
    assert {type(a).__name__ for a in answers if a is not None} == {"IntegrityError"}
    with connection.cursor() as cursor:
        cursor.execute("select -sum(amount_cents) from wallet_line where account = 'state'")
        assert cursor.fetchone()[0] == 150_00
