"""Booking, cancelling, using, taking back, expiring: on the real database, with its locks, constraints and triggers."""

import threading
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, connections, transaction

from diptych.commons.refusal import Refused
from diptych.culture.domain.bookings import operations, queries
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.operations.batching import Batcher
from diptych.culture.domain.bookings.operations.booking import book_together
from diptych.culture.domain.bookings.queries.facts import Wanted
from diptych.culture.domain.bookings.terms import Cancellation, Narrowing, Status
from diptych.culture.domain.catalogue.models import ActivationCode, Stock
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.wallet.models import Movement
from diptych.culture.domain.wallet.queries import wallet_of
from tests.culture.factories import AT, digital_stock, offer, price, stock, venue, youth

pytestmark = pytest.mark.django_db


def book(person: Person, of: Stock, *, places: int = 1, at: datetime = AT, **others: Any) -> operations.BookingMade:
    """Book, briefly said."""
    return operations.book(person_id=person.pk, stock_id=of.pk, places=places, at=at, **others)


def code_of(call: Any) -> str:
    """The code with which a call is refused."""
    with pytest.raises(Refused) as refused:
        call()
    assert queries.discrepancies() == []
    return refused.value.code


def left(person: Person, at: datetime = AT) -> int:
    """What the wallet can still pay, in cents."""
    view = wallet_of(person_id=person.pk, at=at)
    assert view is not None
    return view.left.total_cents


def told(topic: str) -> int:
    """How many times the outbox holds a topic."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from outbox_message where topic = %s", (topic,))
        return int(cursor.fetchone()[0])


def _ledger(values: str) -> str:
    "A movement written by hand beside the only booking there is."
    return f"""insert into wallet_movement (kind, amount_cents, debited, debited_deposit_id, credited, credited_deposit_id,
        booking_id, bucket, reference, at) select {values}, '', booked_at from bookings_booking"""


def test_a_booking_moves_a_place_and_its_price() -> None:
    """One row, one place fewer, the price out of the wallet, one message."""
    ines, book_stock = youth(), stock(price_cents=12_50)
    made = book(ines, book_stock)
    row = Booking.objects.get(pk=made.id)
    book_stock.refresh_from_db()
    assert (row.status, row.total_cents, row.bucket, row.offer_id, row.cancellation_limit_at) == (
        "CONFIRMED", 12_50, "physical", book_stock.offer_id, None,
    )  # fmt: skip
    assert (book_stock.booked, left(ines), told("bookings.booked")) == (1, 150_00 - 12_50, 1)
    assert queries.discrepancies() == []


def test_the_same_key_gives_the_same_booking() -> None:
    """A retry is not a second booking; the same key for something else is refused."""
    ines, screening = youth(), stock(event=True)
    first = book(ines, screening, key="k-1")
    again = book(ines, screening, key="k-1")
    assert (again.id, again.token, again.repeated, first.repeated) == (first.id, first.token, True, False)
    assert Booking.objects.count() == 1
    assert code_of(lambda: book(ines, screening, places=2, key="k-1")) == "bookings.key_reused"
    assert code_of(lambda: book(ines, screening, key="k-2")) == "bookings.already_booked"
    assert book(youth(), screening, key="k-1").id != first.id  # a key is a person's own


def test_refusals_come_from_the_real_rows() -> None:
    """The facts that the rules judge are read right: one real case a check."""
    ines, minor, closed = youth(), youth(age=17), youth(state="SUSPENDED")
    screening, item = stock(event=True), stock()
    assert code_of(lambda: book(closed, item)) == "bookings.account_closed"
    assert code_of(lambda: book(minor, digital_stock(price_cents=5_00))) == "bookings.category_free_only"
    assert code_of(lambda: book(youth(age=20), stock(price_cents=0))) == "bookings.not_beneficiary"
    assert code_of(lambda: book(ines, item, places=2)) == "bookings.one_place_only"
    assert code_of(lambda: book(ines, screening, places=3)) == "bookings.one_or_two_places"
    assert code_of(lambda: book(ines, stock(deleted_at=AT))) == "bookings.stock_withdrawn"
    assert code_of(lambda: book(ines, screening, at=AT + timedelta(days=11))) == "bookings.event_begun"
    assert code_of(lambda: book(ines, stock(booking_limit_at=AT))) == "bookings.too_late"
    assert code_of(lambda: book(ines, stock(quantity=0))) == "bookings.sold_out"
    assert code_of(lambda: book(ines, stock(of=offer(event=True), quantity=1), places=2)) == "bookings.not_enough_left"
    assert code_of(lambda: book(ines, stock(of=offer(published=False)))) == "bookings.offer_not_released"
    assert code_of(lambda: book(ines, stock(of=offer(at_venue=venue(validated=False))))) == "bookings.offer_not_released"
    assert code_of(lambda: book(ines, stock(of=offer(bookings_allowed_at=AT + timedelta(1))))) == "bookings.not_yet_bookable"
    assert code_of(lambda: book(minor, stock(price_cents=50_01))) == "bookings.credit_too_low"
    assert code_of(lambda: book(ines, digital_stock(price_cents=100_01))) == "bookings.digital_cap"
    assert code_of(lambda: operations.book(person_id=ines.pk, stock_id=2**40, places=1, at=AT)) == "bookings.stock_not_found"
    assert code_of(lambda: book(ines, item, at=AT + timedelta(days=365 * 4))) == "bookings.credit_too_low"


def test_activation_codes_are_given_once() -> None:
    """Each booking takes its own code and is used at once; then none is left."""
    film = digital_stock(codes=2, price_cents=5_00)
    made = [book(youth(), film) for _ in range(2)]
    assert {m.status for m in made} == {Status.USED}
    assert set(ActivationCode.objects.values_list("booking_id", flat=True)) == {m.id for m in made}
    assert code_of(lambda: book(youth(), film)) == "bookings.no_activation_code"
    ticket = queries.booking_of(person_id=Booking.objects.get(pk=made[0].id).person_id, booking_id=made[0].id, at=AT)
    assert ticket.activation_code.startswith("CODE-")


def test_a_taken_code_is_drawn_again() -> None:
    """The database says which codes are taken; when all the drawn ones are, more are drawn, then it gives up."""
    first = book(youth(), stock(), draw=lambda alphabet, length: "A" * length)
    assert first.token == "AAAAAA"
    answers = iter(["AAAAAA", "AAAAAA", "BBBBBB"] * 2)
    assert book(youth(), stock(), draw=lambda alphabet, length: next(answers)).token == "BBBBBB"
    assert code_of(lambda: book(youth(), stock(), draw=lambda alphabet, length: "A" * length)) == "bookings.no_free_token"


def test_cancelling_gives_everything_back() -> None:
    """Place and price; twice is once; the offer can be booked again; another's booking is not there."""
    ines, malo, screening = youth(), youth(), stock(event=True)
    made = book(ines, screening, places=2)
    assert code_of(lambda: operations.cancel(booking_id=made.id, person_id=malo.pk, at=AT)) == "bookings.not_found"
    assert code_of(lambda: operations.cancel(booking_id=2**40, person_id=malo.pk, at=AT)) == "bookings.not_found"
    for _ in range(2):
        operations.cancel(booking_id=made.id, person_id=ines.pk, at=AT)
    screening.refresh_from_db()
    assert (screening.booked, left(ines), told("bookings.cancelled")) == (0, 150_00, 1)
    assert Booking.objects.get(pk=made.id).cancellation == Cancellation.BENEFICIARY
    assert book(ines, screening).id != made.id
    late = book(malo, screening)
    assert code_of(lambda: operations.cancel(booking_id=late.id, person_id=malo.pk, at=AT + timedelta(hours=48))) == (
        "bookings.cancellation_closed"
    )


def test_the_counter() -> None:
    """Validate once, take back, validate again; each refusal says its own reason."""
    ines, screening = youth(first_name="Inès", last_name="Bertin"), stock(event=True)
    here, elsewhere = [screening.offer.venue_id], [venue().pk]
    made = book(ines, screening, places=2)
    use = {"token": made.token, "venue_ids": here, "actor": "person:1"}
    soon = AT + timedelta(hours=49)
    assert code_of(lambda: operations.use(**use, at=AT)) == "bookings.not_yet_usable"
    assert code_of(lambda: operations.use(**{**use, "venue_ids": elsewhere}, at=soon)) == "bookings.other_venue"
    assert code_of(lambda: queries.at_counter(token=made.token, venue_ids=elsewhere, at=soon)) == "bookings.other_venue"
    assert code_of(lambda: operations.use(**{**use, "token": "AAAAAA"}, at=soon)) == "bookings.token_unknown"
    assert code_of(lambda: queries.at_counter(token="AAAAAA", venue_ids=here, at=soon)) == "bookings.token_unknown"
    assert code_of(lambda: queries.at_counter(token="?", venue_ids=here, at=soon)) == "bookings.token_malformed"
    assert code_of(lambda: operations.take_back(**use, at=soon)) == "bookings.not_used"
    seen = queries.at_counter(token=made.token.lower(), venue_ids=here, at=soon)
    assert (seen.holder, seen.holder_age, seen.quantity, seen.why_not_use) == ("Inès B.", 18, 2, None)
    assert operations.use(**use, at=soon).status is Status.USED
    assert code_of(lambda: operations.use(**use, at=soon)) == "bookings.already_used"
    assert [line.token for line in queries.recent_at_counter(venue_ids=here, at=soon)] == [made.token]
    assert code_of(lambda: operations.cancel(booking_id=made.id, person_id=ines.pk, at=soon)) == "bookings.cannot_cancel_used"
    assert operations.take_back(**use, at=soon).status is Status.CONFIRMED
    assert Booking.objects.get(pk=made.id).used_at is None
    operations.use(**use, at=soon)
    assert (told("bookings.used"), told("bookings.taken_back")) == (2, 1)


def test_the_venue_cancels() -> None:
    """Until it is used; twice is refused, and so is another venue."""
    screening = stock(event=True)
    here, made = [screening.offer.venue_id], book(youth(), screening)
    act = {"token": made.token, "venue_ids": here, "actor": "person:1", "at": AT}
    assert code_of(lambda: operations.cancel_by_venue(**{**act, "venue_ids": []})) == "bookings.other_venue"
    assert code_of(lambda: operations.cancel_by_venue(**{**act, "token": "BBBBBB"})) == "bookings.token_unknown"
    operations.cancel_by_venue(**act)
    assert code_of(lambda: operations.cancel_by_venue(**act)) == "bookings.already_cancelled"
    assert code_of(lambda: operations.use(**act)) == "bookings.already_cancelled"


def test_what_time_does() -> None:
    """A book waits ten days, sheet music thirty, a screening is used 48 h after its start; nothing happens twice."""
    novel, score, screening = stock(), stock(of=offer(subcategory="PARTITION")), stock(event=True)
    ines = youth()
    for each in (novel, score, screening):
        book(ines, each)
    assert operations.expire_uncollected(at=AT + timedelta(days=10)) == 0
    assert operations.expire_uncollected(at=AT + timedelta(days=10, hours=8)) == 1
    assert operations.expire_uncollected(at=AT + timedelta(days=10, hours=8)) == 0
    assert left(ines) == 150_00 - 16_00
    assert operations.expire_uncollected(at=AT + timedelta(days=31)) == 1
    begins = screening.starts_at
    assert begins is not None
    assert operations.use_past_events(at=begins + timedelta(hours=47)) == 0
    assert operations.use_past_events(at=begins + timedelta(hours=48)) == 1
    assert sorted(Booking.objects.values_list("status", "cancellation", "validated_by")) == [
        ("CANCELLED", "EXPIRED", ""), ("CANCELLED", "EXPIRED", ""), ("USED", "", "AUTO"),
    ]  # fmt: skip
    assert queries.discrepancies() == []


def test_lists() -> None:
    """Coming and ended for the youth; filters, pages and hidden codes for the venue."""
    ines, screening, novel = youth(), stock(event=True), stock()
    price(of=screening.offer)
    coming, gone = book(ines, screening), book(ines, novel)
    operations.cancel(booking_id=gone.id, person_id=ines.pk, at=AT)
    assert [t.id for t in queries.bookings_of(person_id=ines.pk, at=AT, ended=False)] == [coming.id]
    assert [t.id for t in queries.bookings_of(person_id=ines.pk, at=AT, ended=True)] == [gone.id]
    here = [screening.offer.venue_id, novel.offer.venue_id]
    page = queries.bookings_for_venues(venue_ids=here, per_page=1, page=9)
    assert (page.total, page.pages, page.page, len(page.rows)) == (2, 2, 2, 1)
    asked = Narrowing(status="CONFIRMED", text="court", since=AT, until=AT + timedelta(1))
    only = queries.bookings_for_venues(venue_ids=here, asked=asked)
    assert [(row.id, row.token) for row in only.rows] == [(coming.id, "")]
    assert (
        queries.bookings_for_venues(venue_ids=here, asked=Narrowing(text=coming.token)).total == 0
    )  # a code is its holder's to show
    assert queries.bookings_for_venues(venue_ids=here, asked=Narrowing(offer_id=novel.offer_id)).total == 1
    assert len(list(queries.export_for_venues(venue_ids=here))) == 2
    ahead = queries.why_not_book(person_id=ines.pk, offer_id=screening.offer_id, at=AT)
    assert {pk: r.reason.code if r else "" for pk, r in ahead.items()} == {screening.pk: "bookings.already_booked"}
    assert queries.why_not_book(person_id=None, offer_id=screening.offer_id, at=AT) == {screening.pk: None}
    assert queries.why_not_book(person_id=None, offer_id=2**40, at=AT) == {}


@pytest.mark.parametrize(
    "change",
    [
        "update catalogue_stock set booked = quantity + 1",
        "update catalogue_stock set booked = -1",
        "update bookings_booking set status = 'USED'",
        "update bookings_booking set status = 'CANCELLED'",
        "update bookings_booking set token = 'O0I189'",
        "update bookings_booking set quantity = 3",
        "update bookings_booking set deposit_id = null",
        "update wallet_movement set amount_cents = 0",
        "delete from wallet_movement",
        _ledger("'Booking', 20000, 'deposit', deposit_id, 'booking', null, id, ''"),  # overspent
        _ledger("'Booking', 10001, 'deposit', deposit_id, 'booking', null, id, 'digital'"),  # over a cap
        _ledger("'Cancellation', 801, 'booking', null, 'deposit', deposit_id, id, ''"),  # gives back more than it cost
        _ledger("'Recredit18', 15000, 'state', null, 'deposit', deposit_id, null, ''"),  # twice
        _ledger("'Expired', 15000, 'deposit', deposit_id, 'expired', null, null, ''"),  # more than is left
        _ledger("'ManualModification', 0, 'state', null, 'deposit', deposit_id, null, ''"),
        _ledger("'ManualModification', 5, 'deposit', deposit_id, 'state', null, null, ''"),  # the sides of no kind
        _ledger("'ManualModification', 5, 'state', null, 'deposit', null, null, ''"),  # an account without a name
        _ledger("'Booking', 5, 'deposit', null, 'booking', null, id, ''"),
        _ledger("'Booking', 5, 'deposit', deposit_id, 'booking', null, null, ''"),
        _ledger("'PreviousDeposit', 5, 'deposit', deposit_id, 'deposit', deposit_id, null, ''"),  # to itself
    ],
)
def test_constraints_stand_behind_every_rule(change: str) -> None:
    """Whoever writes, the database refuses it: oversold, overspent, impossible dates, a ledger that changes."""
    book(youth(), stock())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_one_live_booking_an_offer_in_the_database_itself() -> None:
    """The partial unique index refuses a second live booking, and a booking whose offer is not its stock's."""
    ines, novel = youth(), stock()
    made = Booking.objects.get(pk=book(ines, novel).id)
    made.pk, made.token = None, "CCCCCC"
    with pytest.raises(IntegrityError, match="booking_one_live"), transaction.atomic():
        made.save(force_insert=True)
    made.offer = offer()
    with pytest.raises(IntegrityError, match="booking_stock_with_its_offer"), transaction.atomic():
        made.save(force_insert=True)
        connection.cursor().execute("set constraints all immediate")


def test_the_ledger_is_what_is_shown() -> None:
    """Granted, spent and left are sums of movements, latest first, each recredit with its rule."""
    ines = youth(age=17)
    made = book(ines, stock(price_cents=10_00))
    operations.cancel(booking_id=made.id, person_id=ines.pk, at=AT + timedelta(hours=1))
    book(ines, digital_stock(price_cents=0))
    view = wallet_of(person_id=ines.pk, at=AT + timedelta(hours=2))
    assert view is not None
    assert [line.amount_cents for line in view.movements] == [10_00, -10_00, 50_00]
    assert (view.granted_cents, view.spent_cents, view.left.total_cents, view.movements[-1].rule) == (
        50_00,
        0,
        50_00,
        "decree of 1 March 2025",
    )
    assert wallet_of(person_id=ines.pk, at=view.expires_at).left.total_cents == 0  # type: ignore[union-attr]  # it exists
    assert Movement.objects.count() == 3
    assert wallet_of(person_id=youth(age=15).pk, at=AT) is None


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_oversell() -> None:
    """Thirty people at once through the batcher for seven places: seven bookings, twenty-three told sold out."""
    from django.conf import settings

    assert not settings.BOOKING_BATCHES  # here the batcher is driven by hand, on connections of its own
    people, novel = [youth() for _ in range(30)], stock(quantity=7)
    parameters = connection.get_connection_params()
    conninfo = {k: parameters[k] for k in ("dbname", "user", "host") if k in parameters}
    with _Pool(conninfo) as pool:
        batcher = Batcher(pool, book_together)  # type: ignore[arg-type]  # a pool of one, for the test
        answers: list[Any] = []

        def play(person: Person) -> None:
            answers.append(batcher.submit(Wanted(person.pk, novel.pk, 1, f"key-{person.pk}", AT)))
            answers.append(batcher.submit(Wanted(person.pk, novel.pk, 1, f"key-{person.pk}", AT)))

        threads = [threading.Thread(target=play, args=(person,)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    made = [a for a in answers if isinstance(a, operations.BookingMade)]
    assert (len({m.id for m in made}), len(made), len(answers)) == (7, 14, 60)
    assert {a.reason.code for a in answers if not isinstance(a, operations.BookingMade)} == {"bookings.sold_out"}
    novel.refresh_from_db()
    assert novel.booked == 7
    assert queries.discrepancies() == []
    connections.close_all()


def test_a_batch_that_fails_wakes_everybody() -> None:
    """When the database goes away, each waiting thread learns it, and the next batch is tried afresh."""
    calls: list[int] = []

    def run(raw: Any, wanted: Any) -> list[str]:
        calls.append(len(wanted))
        if len(calls) == 1:
            raise psycopg.OperationalError("gone")
        return ["answer" for _ in wanted]

    batcher = Batcher(_Nothing(), run)  # type: ignore[arg-type]  # no database is needed to see who wakes
    with pytest.raises(psycopg.OperationalError):
        batcher.submit(Wanted(1, 1, 1, "", AT))
    assert batcher.submit(Wanted(1, 1, 1, "", AT)) == "answer"


class _Pool:
    "A pool of one connection."

    def __init__(self, conninfo: dict[str, Any]) -> None:
        self._raw = psycopg.connect(**conninfo, autocommit=True)

    def __enter__(self) -> "_Pool":
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    def connection(self) -> Any:
        from contextlib import nullcontext

        return nullcontext(self._raw)


class _Nothing:
    def connection(self) -> Any:
        from contextlib import nullcontext

        return nullcontext(None)
