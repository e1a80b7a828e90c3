"""The wallets' ledger: its movements, the change of regime, what is added by hand, and the proof that finds what is wrong."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.urls import reverse
from typer.testing import CliRunner

from diptych.commons.refusal import Refused
from diptych.culture.commands import ledger
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.bookings import queries
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.queries.verify import LEDGER
from diptych.culture.domain.catalogue.models import Stock
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.wallet import operations
from diptych.culture.domain.wallet.models import Deposit, Movement
from diptych.culture.domain.wallet.queries import balance_of, wallet_of
from diptych.culture.domain.wallet.terms import DepositType, Grant, Granted, MovementKind, WhyAdded
from diptych.culture.jobs import return_expired
from tests.culture.factories import AT, offer, signed_in, stock, youth
from tests.house.tree import ROOT

pytestmark = pytest.mark.django_db

LAW = date(2022, 1, 20)
BONUS = Grant(MovementKind.BONUS_CREDIT, 50_00, "bonus", date(2025, 3, 1))
BORN = date(2007, 11, 24)
"""Eighteen on the day of the tests, fifteen on 24 November 2022."""
THEN = datetime(2023, 1, 10, 9, tzinfo=UTC)


def reimburse(booking_id: int, cents: int) -> None:
    """Its venue was paid all of it."""
    Booking.objects.filter(pk=booking_id).update(status="REIMBURSED", used_at=THEN)
    bucket = Booking.objects.get(pk=booking_id).bucket
    Movement.objects.create(
        kind=MovementKind.REIMBURSEMENT, amount_cents=cents, debited="booking", credited="venue", booking_id=booking_id,
        bucket=bucket, at=THEN,
    )  # fmt: skip


def underage(
    *, received: tuple[MovementKind, ...] = (MovementKind.RECREDIT_15, MovementKind.RECREDIT_16), **fields: Any
) -> Person:
    """Somebody with a deposit of 2022, who turns 18 today."""
    fields = {"birth_date": BORN, "registered_at": THEN, **fields}
    person = youth(credit=False, at=THEN, **fields)
    amounts = {MovementKind.RECREDIT_15: 20_00}
    grants = tuple(Grant(kind, amounts.get(kind, 30_00), "2022", LAW) for kind in received)
    end = datetime(2028, 11, 24, 10, tzinfo=UTC)
    old = Granted(DepositType.GRANT_15_17, grants, None, None, end)
    operations.carry_out(person_id=person.pk, decision=old, actor="test:1", at=THEN)
    person.refresh_from_db()
    return person


def audiobook(*, price_cents: int) -> Stock:
    """A digital good that minors may pay for too: it counts in the digital cap."""
    of = offer(subcategory="TELECHARGEMENT_LIVRE_AUDIO", url="https://livres.exemple.example/1", at=THEN)
    return stock(of=of, price_cents=price_cents, quantity=None, at=THEN)


def novel(**fields: Any) -> Stock:
    """A book that was there in 2023."""
    return stock(at=THEN, **fields)


def book(person: Person, of: Stock, *, at: datetime) -> int:
    """Book, and give the booking's number."""
    return bookings.book(person_id=person.pk, stock_id=of.pk, places=1, at=at).id


def refused(call: Any) -> str:
    """The code with which a call is refused; the ledger holds all the same."""
    with pytest.raises(Refused) as found:
        call()
    assert queries.verify_ledger().faults == []
    return found.value.code


def kinds(deposit: Deposit) -> list[tuple[str, int]]:
    """The deposit's lines, as kinds and signed cents, in order."""
    lines = Movement.objects.filter(Q(debited_deposit=deposit) | Q(credited_deposit=deposit)).order_by("pk")
    return [(m.kind, m.amount_cents if m.credited_deposit_id == deposit.pk else -m.amount_cents) for m in lines]


def test_a_new_regime_takes_over_what_the_old_one_left() -> None:
    """At 18: the old deposit ends five minutes ago, at zero; the new one has the age's sum, the rest and the live bookings."""
    malo = underage()
    used, waiting, gone, paid = (book(malo, novel(price_cents=cents), at=THEN) for cents in (8_00, 5_00, 3_00, 4_00))
    digital = book(malo, audiobook(price_cents=6_00), at=THEN)
    bookings.cancel(booking_id=gone, person_id=malo.pk, at=THEN)
    Booking.objects.filter(pk=used).update(status="USED", used_at=THEN)
    reimburse(paid, 4_00)
    assert operations.recredit_birthdays(at=AT) == 1
    assert operations.recredit_birthdays(at=AT) == 0
    old, new = Deposit.objects.filter(person=malo).order_by("pk")
    assert (old.expires_at, balance_of(old.pk), new.type, new.digital_cap_cents) == (
        AT - timedelta(minutes=5),
        0,
        "GRANT_17_18",
        50_00,
    )
    rest = 50_00 - 8_00 - 5_00 - 4_00 - 6_00
    assert kinds(new) == [
        ("Recredit18", 150_00), ("PreviousDeposit", rest + 8_00 + 5_00 + 6_00), ("MovedIn", -8_00), ("MovedIn", -5_00), ("MovedIn", -6_00),
    ]  # fmt: skip
    assert dict(Booking.objects.values_list("pk", "deposit_id")) == {
        used: new.pk, waiting: new.pk, digital: new.pk, gone: old.pk, paid: old.pk,
    }  # fmt: skip
    view = wallet_of(person_id=malo.pk, at=AT)
    assert view is not None
    assert (view.left.total_cents, view.left.digital_cents, view.spent_cents) == (150_00 + rest, 44_00, 19_00)
    assert view.granted_cents == 150_00 + rest + 19_00
    malo.refresh_from_db()
    assert malo.roles == ["BENEFICIARY"]
    bookings.cancel(booking_id=waiting, person_id=malo.pk, at=AT)  # it comes back to the new one
    assert (balance_of(old.pk), balance_of(new.pk)) == (0, 150_00 + rest + 5_00)
    assert queries.discrepancies() == []


def test_what_moves_in_may_exceed_the_new_cap_then_nothing_more_is_booked_in_it() -> None:
    """The guard and the proof know that the rights of before came along."""
    malo = underage(received=(MovementKind.RECREDIT_15, MovementKind.RECREDIT_16, MovementKind.RECREDIT_17))
    moving = book(malo, audiobook(price_cents=60_00), at=THEN)
    end = datetime(2028, 11, 24, 10, tzinfo=UTC)
    grants = (Grant(MovementKind.RECREDIT_18, 150_00, "2025", LAW), Grant(MovementKind.PREVIOUS_DEPOSIT, 1, "foreseen", LAW))
    decision = Granted(DepositType.GRANT_17_18, grants, 50_00, None, end, moves_from=DepositType.GRANT_15_17)
    operations.carry_out(person_id=malo.pk, decision=decision, actor="test:1", at=AT)
    assert refused(lambda: book(malo, audiobook(price_cents=1), at=AT)) == "bookings.digital_cap"
    book(malo, novel(price_cents=100_00), at=AT)
    assert queries.verify_ledger().faults == []
    assert (
        refused(lambda: operations.carry_out(person_id=malo.pk, decision=decision, actor="test:1", at=AT))
        == "wallet.already_granted"
    )
    bookings.cancel(booking_id=moving, person_id=malo.pk, at=AT)
    book(malo, audiobook(price_cents=50_00), at=AT)
    assert queries.verify_ledger().faults == []


def test_an_empty_deposit_and_an_ended_one_leave_nothing() -> None:
    """No line of zero; and what a deposit lost by its end does not come back with the next regime."""
    spent = underage(received=(MovementKind.RECREDIT_15,))
    all_of_it = book(spent, novel(price_cents=20_00), at=THEN)
    reimburse(all_of_it, 20_00)
    assert operations.keep_up(person_id=spent.pk, actor="test:1", at=AT)
    late = underage()
    Deposit.objects.filter(person=late).update(expires_at=AT)
    assert not operations.keep_up(person_id=late.pk, actor="test:1", at=AT)
    end = datetime(2028, 11, 24, 10, tzinfo=UTC)
    decision = Granted(DepositType.GRANT_17_18, (), 100_00, None, end, moves_from=DepositType.GRANT_15_17)
    operations.carry_out(person_id=late.pk, decision=decision, actor="test:1", at=AT)
    assert not Movement.objects.filter(kind="PreviousDeposit").exists()
    assert return_expired.run(at=AT) == 1
    assert return_expired.run(at=AT) == 0
    verdict = queries.verify_ledger()
    assert (verdict.faults, verdict.accounts) == (
        [],
        {"booking": 0, "venue": 20_00, "deposit": 150_00, "expired": 50_00, "state": -220_00},
    )
    lost = underage(registered_at=THEN)
    Person.objects.filter(pk=lost.pk).update(birth_date=None)
    assert not operations.keep_up(person_id=lost.pk, actor="test:1", at=AT)
    assert not operations.keep_up(person_id=youth(age=20).pk, actor="test:1", at=AT)


def test_the_recredits_of_the_regime_of_2022() -> None:
    """Before the decree, 16 and 17 bring 30 € each to the same deposit, once."""
    malo = underage(received=(MovementKind.RECREDIT_15,))
    assert operations.recredit_birthdays(at=datetime(2023, 11, 25, tzinfo=UTC)) == 1
    assert operations.recredit_birthdays(at=datetime(2024, 11, 25, tzinfo=UTC)) == 1
    deposit = Deposit.objects.get(person=malo)
    assert kinds(deposit) == [("Recredit15", 20_00), ("Recredit16", 30_00), ("Recredit17", 30_00)]
    again = [Grant(MovementKind.RECREDIT_16, 30_00, "2022", LAW)]
    for on in (DepositType.GRANT_15_17, DepositType.GRANT_18):
        assert operations.recredit(person_id=malo.pk, deposit=on, grants=again, actor="test:1", at=AT) == ()


def test_a_free_deposit_has_no_money() -> None:
    """It opens at zero, gives its role, and nothing can be added to it."""
    lou = youth(age=15)
    free = Granted(DepositType.GRANT_FREE, (), None, None, AT + timedelta(days=2000))
    operations.carry_out(person_id=lou.pk, decision=free, actor="test:1", at=AT)
    lou.refresh_from_db()
    view = wallet_of(person_id=lou.pk, at=AT)
    assert view is not None
    assert (lou.roles, view.left.total_cents, view.movements) == (["FREE_BENEFICIARY"], 0, [])
    assert refused(lambda: add(lou)) == "wallet.no_live_deposit"


def add(person: Person, cents: int = 12_00, key: str = "k1") -> bool:
    """An officer adds credit."""
    why = WhyAdded.DECISION_ON_APPEAL
    return operations.add_credit(person_id=person.pk, amount_cents=cents, why=why, key=key, actor="person:1", at=AT)


def test_what_is_added_is_added_once() -> None:
    """By hand, by an incident, by the bonus: each answers to something; the journal says who and why."""
    ines = youth()
    assert [add(ines), add(ines), add(ines, 300_00, "k2")] == [True, False, True]
    assert {refused(lambda cents=cents: add(ines, cents)) for cents in (0, 300_01)} == {"wallet.amount_not_addable"}
    back = {"person_id": ines.pk, "incident_id": 7, "amount_cents": 9_00, "actor": "person:1", "at": AT}
    assert [operations.return_incident(**back), operations.return_incident(**back)] == [True, False]
    with pytest.raises(ValueError, match="above zero"):
        operations.return_incident(**{**back, "amount_cents": 0})
    bonus = {"grant": BONUS, "actor": "job:bonus", "at": AT}
    operations.add_bonus(person_id=ines.pk, **bonus)
    assert refused(lambda: operations.add_bonus(person_id=ines.pk, **bonus)) == "wallet.already_received"
    assert refused(lambda: operations.add_bonus(person_id=underage().pk, **bonus)) == "wallet.no_live_deposit"
    assert refused(lambda: add(youth(age=20))) == "wallet.no_live_deposit"
    view = wallet_of(person_id=ines.pk, at=AT)
    assert view is not None
    assert view.left.total_cents == view.granted_cents == 150_00 + 12_00 + 300_00 + 9_00 + 50_00
    with connection.cursor() as cursor:
        cursor.execute("select facts->>'why', facts->>'amount_cents' from journal_entry where act = 'wallet.add' and subject = %s order by id",
                       (f"person:{ines.pk}",))  # fmt: skip
        assert cursor.fetchall() == [("decision_on_appeal", "1200"), ("decision_on_appeal", "30000"), (None, "900")]


def test_what_comes_back_after_the_end_is_returned_by_the_next_run() -> None:
    """A booking cancelled after the deposit ended gives its price back; the next run returns it."""
    ines = youth()
    made = book(ines, novel(price_cents=10_00), at=AT)
    end = Deposit.objects.get(person=ines).expires_at
    assert return_expired.run(at=end - timedelta(seconds=1)) == 0
    assert return_expired.run(at=end) == 1
    bookings.cancel(booking_id=made, person_id=ines.pk, at=end)
    assert return_expired.run(at=end) == 1
    view = wallet_of(person_id=ines.pk, at=end)
    assert view is not None
    assert [line.amount_cents for line in view.movements] == [-10_00, 10_00, -140_00, -10_00, 150_00]
    assert (view.left.total_cents, view.granted_cents, view.spent_cents) == (0, 150_00, 0)
    assert queries.verify_ledger().accounts == {"booking": 0, "deposit": 0, "expired": 150_00, "state": -150_00}


def test_the_how_to_tells_every_fault() -> None:
    """The page's commands run, and its table has each fault that a check can name."""
    page = (ROOT / "docs" / "how-to" / "verify-the-ledger.md").read_text()
    youth()
    told = [line.removeprefix("diptych culture ledger ").split() for line in page.splitlines() if line.startswith("diptych ")]
    assert [CliRunner().invoke(ledger.app, arguments).exit_code for arguments in told] == [0, 0]
    named = {what for check in LEDGER for what in re.findall(r"'((?:line|deposit|transfer|booking)[.]\w+)'", check.sql)}
    assert named | {"accounts.together"} == set(re.findall(r"`((?:line|deposit|transfer|booking|accounts)[.]\w+)`", page))


UNGUARD = "alter table wallet_movement disable trigger user"
PLANTED: dict[str, tuple[str, set[str]]] = {
    "a price changed": ("update wallet_movement set amount_cents = amount_cents + 1 where kind = 'Booking' and booking_id = {live}", {"booking.paid", "transfer.rest"}),
    "a booking's line removed": ("delete from wallet_movement where kind = 'MovedIn' and booking_id = {live}", {"booking.paid", "booking.deposit"}),
    "a cancellation's line removed": ("delete from wallet_movement where kind = 'Cancellation'", {"booking.paid", "booking.deposit", "transfer.rest"}),
    "a line in another cap": ("update wallet_movement set bucket = 'digital' where kind = 'MovedIn' and booking_id = {live}", {"booking.bucket"}),
    "a booking paid by another deposit": ("update bookings_booking set deposit_id = {old} where id = {live}", {"booking.deposit"}),
    "a cancelled booking alive again": ("update bookings_booking set status = 'CONFIRMED', cancelled_at = null, cancellation = '' where id = {gone}", {"booking.paid", "booking.deposit"}),
    "a line about nothing": ("update wallet_movement set booking_id = 999999999 where booking_id = {gone}", {"line.no_booking"}),
    "a deposit below zero": ("insert into wallet_movement (kind, amount_cents, debited, debited_deposit_id, credited, bucket, reference, at) values ('Expired', 100000, 'deposit', {new}, 'expired', '', '', now())", {"deposit.overdrawn"}),
    "a sum received twice": ("drop index movement_recredit_once; insert into wallet_movement (kind, amount_cents, debited, credited, credited_deposit_id, bucket, reference, at) values ('Recredit18', 15000, 'state', 'deposit', {new}, '', '', now())", {"deposit.recredited_twice"}),
    "a sum received on two deposits": ("insert into wallet_movement (kind, amount_cents, debited, credited, credited_deposit_id, bucket, reference, at) values ('Recredit15', 2000, 'state', 'deposit', {new}, '', '', now())", {"deposit.recredited_twice"}),
    "a digital cap exceeded": ("update wallet_deposit set digital_cap_cents = 1 where id = {new}", {"deposit.digital_cap"}),
    "a physical cap exceeded": ("update wallet_deposit set physical_cap_cents = 1 where id = {new}", {"deposit.physical_cap"}),
    "a transfer changed": ("update wallet_movement set amount_cents = amount_cents - 1 where kind = 'PreviousDeposit'", {"transfer.rest"}),
    "a transfer from somebody else": ("update wallet_movement set debited_deposit_id = {other} where kind = 'PreviousDeposit'", {"transfer.rest", "transfer.from_another"}),
    "a transfer twice": ("drop index movement_recredit_once; insert into wallet_movement (kind, amount_cents, debited, debited_deposit_id, credited, credited_deposit_id, bucket, reference, at) select kind, 1, debited, {other}, credited, credited_deposit_id, '', '', at from wallet_movement where kind = 'PreviousDeposit'", {"transfer.twice"}),
    "a deposit that did not end": ("update wallet_deposit set expires_at = '2030-01-01' where id = {old}", {"transfer.from_another"}),
    "a sum below zero": ("alter table wallet_movement drop constraint movement_amount; update wallet_movement set amount_cents = -amount_cents where kind = 'Recredit18' and credited_deposit_id = {new}", {"line.unbalanced"}),
    "sides of no kind": ("alter table wallet_movement drop constraint movement_sides; update wallet_movement set kind = 'Expired' where kind = 'Recredit18' and credited_deposit_id = {new}", {"line.unbalanced"}),
    "an account without a name": ("alter table wallet_movement drop constraint movement_names_the_credited; update wallet_movement set credited_deposit_id = null where kind = 'Recredit18' and credited_deposit_id = {new}", {"line.unbalanced"}),
}  # fmt: skip
"""What is planted behind the guards, and what the proof must say, among other things."""


@pytest.mark.parametrize("planted", PLANTED)
def test_the_proof_finds_what_is_planted_behind_the_guards(planted: str) -> None:
    """Each corruption alone is named, by numbers; without it the same ledger holds."""
    malo, ines = underage(), youth()
    live, gone = book(malo, novel(price_cents=8_00), at=THEN), book(malo, novel(), at=THEN)
    book(malo, audiobook(price_cents=5_00), at=THEN)
    bookings.cancel(booking_id=gone, person_id=malo.pk, at=THEN)
    operations.keep_up(person_id=malo.pk, actor="test:1", at=AT)
    book(malo, novel(price_cents=2_00), at=AT)
    book(malo, audiobook(price_cents=1_00), at=AT)
    held = CliRunner().invoke(ledger.app, ["verify"])
    assert (held.exit_code, held.stdout.splitlines()[0]) == (
        0,
        f"The ledger holds: {Movement.objects.count()} movements, 3 deposits, 5 bookings.",
    )
    old, new = Deposit.objects.filter(person=malo).order_by("pk").values_list("pk", flat=True)
    other = Deposit.objects.get(person=ines).pk
    sql, expected = PLANTED[planted]
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; set constraints all deferred")  # no event may wait when a table is altered
        cursor.execute(UNGUARD)  # as a superuser may; the test's transaction brings the guards back
        cursor.execute(sql.format(live=live, gone=gone, old=old, new=new, other=other))
    said = CliRunner().invoke(ledger.app, ["verify", "--json"])
    verdict = json.loads(said.stdout)
    found = {fault["what"] for fault in verdict["faults"]}
    assert said.exit_code == 1
    assert not verdict["holds"]
    assert expected <= found
    assert {tuple(fault) for fault in verdict["faults"]} == {("what", "id", "found", "expected")}
    table = CliRunner().invoke(ledger.app, ["verify", "--most", "1"])
    assert (table.exit_code, table.stdout.split()[:4]) == (1, ["what", "id", "found", "expected"])


def test_the_wallet_page_tells_a_change_of_regime() -> None:
    """What came along, what moved and what was added are told in words, in French first; no rule is named where none is."""
    malo = underage()
    book(malo, novel(price_cents=8_00), at=THEN)
    operations.keep_up(person_id=malo.pk, actor="test:1", at=AT)
    add(malo)
    page = signed_in(malo).get(reverse("youth:wallet")).text
    for said in (
        "Ce qu’il restait de ton ancien crédit",
        "Réservation reprise de ton ancien crédit",
        "Crédit ajouté par notre équipe",
    ):
        assert said in page
    assert "Règle : ." not in page.replace("\N{NO-BREAK SPACE}", " ")
