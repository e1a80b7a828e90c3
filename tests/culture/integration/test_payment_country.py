"""A generated country's year: thousands of venues, their bookings used, priced, batched, invoiced, sent and paid twice a month; then
recomputed by another method, from what was drawn and never from the database: whole numbers, the law's table written here again,
the bank's own files read back. Small here; `DIPTYCH_YEAR=1000000` makes it a country (`-s` prints what each fortnight took).
"""

import os
import random
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import chain, islice
from typing import Any

import pytest
from django.db import connection

from diptych.commons import journal
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.queries import verify_ledger
from diptych.culture.domain.reimbursements import operations
from diptych.culture.domain.reimbursements.models import Cashflow, CustomRule, Invoice, Settlement, Transfer
from diptych.culture.domain.reimbursements.queries import verify_payments, verify_prices
from diptych.culture.gateways import bank
from diptych.culture.jobs import price_bookings, settle_transfers
from tests.culture import factories

pytestmark = pytest.mark.django_db(transaction=True)

SIZE = int(os.environ.get("DIPTYCH_YEAR", "4000"))
"""Bookings of the year."""
VENUES = max(50, SIZE // 50)
BUSY = max(2, VENUES // 50)
"""Venues that have half of the bookings: every bracket is reached."""
PEOPLE = max(500, SIZE // 20)
ACCOUNT_OF = 3
"""Venues of one structure, paid on one account."""
FIRST = 50_000_000
"""Numbers of our rows, far from those of any factory."""
NEW_YEAR = datetime(2025, 12, 31, 23, tzinfo=UTC)
BEFORE = NEW_YEAR - timedelta(days=40)
KINDS = ("CONCERT", "SEANCE_CINE", "LIVRE_PAPIER", "VOD")
STANDARD = ((2_000_000, 100), (4_000_000, 95), (15_000_000, 92), (None, 90))
TABLES: tuple[tuple[tuple[int | None, int], ...], ...] = (STANDARD, STANDARD, ((2_000_000, 100), (None, 95)), ((None, 0),))
"""Of each kind, the rate in hundredths up to each revenue in cents (arrêté, guide §3.1)."""
AGREED = 55
"""Hundredths that a structure in a hundred has agreed to, whatever its revenue."""
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ234567"


@dataclass(frozen=True, slots=True)
class Used:
    """A booking of the year, as it was drawn. `number` is its own, from nothing, in order of use."""

    number: int
    venue: int
    kind: int
    cents: int
    person: int
    at: datetime


def point_of(venue: int) -> int:
    """In whose revenue a venue's bookings count: one in three of the quiet ones has no SIRET, and counts at its structure's first."""
    return venue - venue % ACCOUNT_OF if annexe(venue) else venue


def annexe(venue: int) -> bool:
    """Whether it has no SIRET."""
    return venue >= BUSY + ACCOUNT_OF and venue % ACCOUNT_OF == 2


def agreed(venue: int) -> bool:
    """Whether its structure has an agreement."""
    return venue // ACCOUNT_OF % 100 == 1


def draw() -> list[Used]:
    """The year. Nobody comes to one offer twice."""
    dice = random.Random(26)
    minutes = sorted(dice.randrange(365 * 24 * 60) for _ in range(SIZE))
    met: dict[tuple[int, int], int] = {}
    found = []
    for number, minute in enumerate(minutes):
        venue = int(BUSY * dice.random() ** 2) if number % 2 else dice.randrange(VENUES)
        kind = dice.randrange(4)
        rank = met[venue, kind] = met.get((venue, kind), -1) + 1
        cents = dice.choice((0, 1, 500, 999, 33_33, 300_00, 299_99)) * (1 if SIZE > 100_000 else 40)
        found.append(Used(number, venue, kind, cents, (venue * 7 + rank) % PEOPLE, NEW_YEAR + timedelta(minutes=minute)))
    assert max(met.values()) < PEOPLE
    return found


def expected(year: Iterable[Used]) -> list[tuple[int, int]]:
    """What each venue is paid for each booking, and bears: one pass in order of use, in whole numbers."""
    reached: dict[int, int] = {}
    found = []
    for one in year:
        point = point_of(one.venue)
        reached[point] = reached.get(point, 0) + one.cents
        rate = next(rate for top, rate in TABLES[one.kind] if top is None or reached[point] <= top)
        paid = (one.cents * (AGREED if agreed(one.venue) else rate) + 50) // 100
        found.append((paid, one.cents - paid))
    return found


def copy(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Rows into a table, all its constraints and triggers awake."""
    with connection.cursor() as cursor, cursor.copy(f"copy {table} ({columns}) from stdin") as into:
        for row in rows:
            into.write_row(row)


def iban(number: int) -> str:
    """A valid one, of nobody."""
    account = f"{30006_00001:010}{number:011}00"
    return f"FR{98 - int(account + '152700') % 97:02}{account}"


def furnish() -> None:
    """People with rich deposits, structures, venues, their offers, accounts, links and agreements."""
    people, venues = range(PEOPLE), range(VENUES)
    structures = range((VENUES + ACCOUNT_OF - 1) // ACCOUNT_OF)
    filer = factories.pro().pk
    copy("people_person", "id, email, password, first_name, last_name, roles, state, birth_date, department, language, registered_at,"
         " email_validated_at, married_name, phone, address, city, postcode, activity, school_type, document_hash, student_hash, staff_roles",
         ((FIRST + p, f"p{p}@year.example", "!", "Inès", "B", ["BENEFICIARY"], "ACTIVE", date(2008, 6, 1), "42", "fr", BEFORE, BEFORE,
           "", "", "", "", "", "", "", "", "", []) for p in people))  # fmt: skip
    copy("wallet_deposit", "id, person_id, type, version, department, digital_cap_cents, created_at, expires_at",
         ((FIRST + p, FIRST + p, "GRANT_17_18", 1, "42", None, BEFORE, datetime(2029, 6, 1, tzinfo=UTC)) for p in people))  # fmt: skip
    grants = (("ManualModification", 200_000_000, "state", "deposit", FIRST + p, "", "a rich year", BEFORE) for p in people)
    while some := list(islice(grants, 20_000)):
        copy("wallet_movement", "kind, amount_cents, debited, credited, credited_deposit_id, bucket, reference, at", some)
    copy("venues_structure", "id, siren, name, validation, created_at",
         ((FIRST + s, f"{800_000_000 + s}", f"Structure {s}", "VALIDATED", BEFORE) for s in structures))  # fmt: skip
    copy("venues_venue", "id, structure_id, name, siret, no_siret_why, activity, description, address, postcode, city, department, website,"
         " phone, source, source_id, created_at",
         ((FIRST + v, FIRST + v // ACCOUNT_OF, f"Lieu {v}", None if annexe(v) else f"{80_000_000_000_000 + v}",
           "Annexe" if annexe(v) else "", "CINEMA", "", "", "42000", "Saint-Étienne", "42", "", "", "", "", BEFORE)
          for v in venues))  # fmt: skip
    copy("reimbursements_pricingpointlink", "venue_id, point_id, since",
         ((FIRST + v, FIRST + point_of(v), BEFORE) for v in venues if annexe(v)))  # fmt: skip
    copy("reimbursements_bankaccount", "id, structure_id, label, holder, iban, bic, status, filed_by_id, filed_at",
         ((FIRST + s, FIRST + s, "Courant", f"Structure {s}", iban(s), "AGRIFRPP", "accepte", filer, BEFORE) for s in structures))  # fmt: skip
    copy("reimbursements_bankaccountlink", "venue_id, account_id, since",
         ((FIRST + v, FIRST + v // ACCOUNT_OF, BEFORE) for v in venues))  # fmt: skip
    CustomRule.objects.bulk_create(
        CustomRule(structure_id=FIRST + s, rate=f"0.{AGREED}", since=BEFORE, created_at=BEFORE)
        for s in structures
        if s % 100 == 1
    )
    offers = [(v, kind) for v in venues for kind in range(4)]
    copy("catalogue_offer", "id, venue_id, subcategory, name, creator, description, extra, is_duo, url, withdrawal, withdrawal_details,"
         " validation, publication_at, accessible_audio, accessible_mental, accessible_motor, accessible_visual, cover_seed, source,"
         " source_id, created_at",
         ((FIRST + v * 4 + k, FIRST + v, KINDS[k], "Offre", "", "", "{}", True, "", "", "", "APPROVED", BEFORE, False, False, False,
           False, 1, "", "", BEFORE) for v, k in offers))  # fmt: skip
    copy("catalogue_stock", "id, offer_id, price_cents, quantity, booked, source_id, created_at",
         ((FIRST + v * 4 + k, FIRST + v * 4 + k, 300, None, 0, "", BEFORE) for v, k in offers))  # fmt: skip


def use(some: Sequence[Used]) -> None:
    """Bookings of a fortnight, used, and the money that they took from deposits."""
    copy("bookings_booking", "id, person_id, offer_id, stock_id, deposit_id, status, quantity, total_cents, bucket, token, booked_at,"
         " used_at, validated_by, cancellation, tickets, idempotency_key",
         ((FIRST + b.number, FIRST + b.person, FIRST + b.venue * 4 + b.kind, FIRST + b.venue * 4 + b.kind, FIRST + b.person, "USED", 1,
           b.cents, "", token(b.number), BEFORE, b.at, "OFFERER", "", "[]", "") for b in some))  # fmt: skip
    copy("wallet_movement", "kind, amount_cents, debited, credited, debited_deposit_id, booking_id, bucket, reference, at",
         (("Booking", b.cents, "deposit", "booking", FIRST + b.person, FIRST + b.number, "", "", BEFORE) for b in some if b.cents))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "update catalogue_stock s set booked = s.booked + n.places from (select stock_id, count(*) as places"
            " from bookings_booking where id between %s and %s group by stock_id) n where n.stock_id = s.id",
            (FIRST + some[0].number, FIRST + some[-1].number),
        )


def token(number: int) -> str:
    """Its six characters."""
    letters = []
    for _ in range(6):
        number, rest = divmod(number, 30)
        letters.append(LETTERS[rest])
    return "".join(letters)


def pay(day: date) -> dict[str, float]:
    """Price, batch, invoice, send, accept, hold as done what left before. Gives how many seconds each took."""
    at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    took: dict[str, float] = {}
    number = 0

    def timed(name: str, act: Any) -> Any:
        began = time.perf_counter()
        made = act()
        took[name] = round(time.perf_counter() - began, 2)
        return made

    timed("price", partial(price_bookings.run, at=at))
    number = timed("batch", partial(operations.make_batch, day=day, actor="person:1", at=at)).number
    timed("invoice", partial(operations.make_invoices, actor="person:1", at=at))
    send = partial(operations.send_batch, number=number, payer=bank.payer(), write=bank.write, actor="person:1", at=at)
    timed("send", send)
    timed("accept", partial(operations.accept_batch, number=number, actor="person:1", at=at))
    timed("settle", partial(settle_transfers.run, at=at))
    return took


def fortnights(year: Sequence[Used]) -> Iterable[tuple[date, list[Used]]]:
    """Each cut-off of 2026 and the one that ends it, with what was used before it (midnight in Paris) and after the last."""
    cuts = [*[date(2026, month, day) for month in range(1, 13) for day in (1, 16)][1:], date(2027, 1, 1)]
    rest = iter(year)
    ahead: list[Used] = []
    for cut in cuts:
        some = []
        for one in chain(ahead, rest):
            if (one.at + timedelta(hours=2 if date(2026, 3, 29) <= one.at.date() < date(2026, 10, 25) else 1)).date() >= cut:
                ahead = [one]
                break
            some.append(one)
        yield cut, some


def test_a_country_paid_for_a_year_is_what_another_method_finds() -> None:
    furnish()
    before = verify_ledger().accounts
    year = draw()
    for cut, some in fortnights(year):
        use(some)
        print(cut, len(some), pay(cut))
    settle_transfers.run(at=datetime(2027, 1, 20, tzinfo=UTC))

    prices = expected(year)
    paid, borne = sum(one for one, _ in prices), sum(one for _, one in prices)
    rates = {round(100 * paid / (paid + borne)) for paid, borne in prices if paid + borne > 1_000}
    assert rates == {100, 95, 92, 90, AGREED, 0}, "every bracket was reached"
    assert Booking.objects.filter(status="REIMBURSED").count() == Booking.objects.count() == SIZE
    # each booking, by the ledger
    kept = [[0, 0] for _ in prices]
    with connection.cursor() as cursor:
        cursor.execute(
            "select booking_id, kind, amount_cents from wallet_movement where kind in ('Reimbursement', 'Contribution')"
        )
        for booking, kind, cents in cursor:
            kept[booking - FIRST][kind == "Contribution"] += cents
    assert all(tuple(found) == price for found, price in zip(kept, prices, strict=True))
    # each account, by the bank's files
    by_account: dict[int, int] = {}
    for one, (cents, _) in zip(year, prices, strict=True):
        by_account[one.venue // ACCOUNT_OF] = by_account.get(one.venue // ACCOUNT_OF, 0) + cents
    wired: dict[int, int] = {}
    owner = {iban(structure): structure for structure in by_account}
    for file in Transfer.objects.all().iterator(chunk_size=1):
        told = re.findall(
            r'<InstdAmt Ccy="EUR">(\d+)\.(\d\d)</InstdAmt>.*?<CdtrAcct><Id><IBAN>(\w+)<', bytes(file.content).decode()
        )
        assert len(told) == file.count
        for euros, cents, where in told:
            wired[owner[where]] = wired.get(owner[where], 0) + int(euros) * 100 + int(cents)
    assert wired == {structure: cents for structure, cents in by_account.items() if cents}
    # all together
    after = verify_ledger().accounts
    assert after["bank"] == paid
    assert (after["venue"], after["booking"]) == (0, 0)
    assert after["state"] - before["state"] == borne
    assert before["deposit"] - after["deposit"] == paid + borne
    numbers = list(Invoice.objects.filter(year=2026).order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert Cashflow.objects.exclude(status="accepted").count() == Settlement.objects.exclude(status="validated").count() == 0
    assert [verify_prices()[2], verify_payments()[2], verify_ledger().faults] == [[], [], []]
    with connection.cursor() as cursor:
        assert journal.verify(cursor).broken_at is None
