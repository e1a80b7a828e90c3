"""The benchmark's world: many wallets and many stocks, made by the database itself in seconds.

Rows are as the operations would have written them, so that every constraint and trigger of production is there.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

WALLETS = 200_000
STOCKS = 20_000
VENUES = 200
PRICE_CENTS = 300
SLICE = 100_000
"""People made at a time: the ledger's trigger reads what one statement added, and a statement of millions makes it read that for hours."""

_PEOPLE = """
insert into people_person (email, password, first_name, last_name, roles, state, birth_date, department, language, registered_at, email_validated_at,
    married_name, phone, address, city, postcode, activity, school_type, document_hash, student_hash, staff_roles)
select 'bench' || i || '@bench.example', '!', 'Inès', 'B', '{{BENEFICIARY}}', 'ACTIVE', %(born)s, %(department)s, 'fr', %(at)s, %(at)s,
    '', '', '', '', '', '', '', '', '', '{{}}'
from generate_series(%(first)s, %(last)s) i;

insert into wallet_deposit (person_id, type, version, department, digital_cap_cents, created_at, expires_at)
select id, 'GRANT_17_18', 1, '42', 10000, %(at)s, '2029-06-01 09:00+00' from people_person
where email like 'bench%%@bench.example' and id > %(after)s;

insert into wallet_movement (kind, amount_cents, debited, credited, credited_deposit_id, bucket, reference, at)
select 'Recredit18', 15000, 'state', 'deposit', id, '', '', %(at)s from wallet_deposit where person_id > %(after)s;
"""

_PLACES = """
insert into venues_structure (siren, name, validation, created_at) values ('900000001', 'Bench', 'VALIDATED', %(at)s);

insert into venues_venue (structure_id, name, activity, description, address, postcode, city, department, website, phone, source, source_id, created_at)
select s.id, 'Venue ' || i, 'CINEMA', '', '', '42000', 'Saint-Étienne', '42', '', '', '', '', %(at)s
from venues_structure s, generate_series(1, %(venues)s) i where s.siren = '900000001';

insert into catalogue_offer (venue_id, subcategory, name, creator, description, extra, is_duo, url, withdrawal, withdrawal_details, validation,
    publication_at, accessible_audio, accessible_mental, accessible_motor, accessible_visual, cover_seed, source, source_id, created_at)
select v.ids[1 + i %% %(venues)s], 'SEANCE_CINE', 'Séance ' || i, '', '', '{{}}', true, '', '', '', 'APPROVED',
    %(at)s, false, false, false, false, i, '', '', %(at)s
from generate_series(1, %(stocks)s) i, (select array_agg(id order by id) as ids from venues_venue where name like 'Venue %%') v;

insert into catalogue_stock (offer_id, price_cents, quantity, booked, starts_at, booking_limit_at, source_id, created_at)
select id, %(price)s, 1000000, 0, %(at)s + interval '30 days', %(at)s + interval '30 days', '', %(at)s
from catalogue_offer where name like 'Séance %%' order by id;
"""


def make(
    connection: Any,
    *,
    at: datetime,
    wallets: int = WALLETS,
    stocks: int = STOCKS,
    spread: bool = False,
    on_people: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[list[int], list[int]]:
    """Make the world. Gives the ids of its people and of its stocks. Values are ours: nothing comes from outside.

    `spread` gives people four years of birth dates and nineteen départements, where all are otherwise alike. `on_people` hears
    how many people are made, of how many."""
    values = {
        "at": f"'{at.isoformat()}'::timestamptz",
        "stocks": stocks,
        "venues": VENUES,
        "price": PRICE_CENTS,
        "born": "date '2006-01-01' + i % 1461" if spread else "date '2008-06-01'",
        "department": "(21 + i % 19)::text" if spread else "'42'",
    }
    for first in range(1, wallets + 1, SLICE):
        after = connection.execute("select coalesce(max(id), 0) from people_person").fetchone()[0]
        last = min(first + SLICE - 1, wallets)
        connection.execute(
            (_PEOPLE % (values | {"first": first, "last": last, "after": after})).replace("{{", "{").replace("}}", "}")
        )
        on_people(last, wallets)
    connection.execute((_PLACES % values).replace("{{", "{").replace("}}", "}"))
    connection.execute("analyze")
    people = [
        row[0] for row in connection.execute("select id from people_person where email like 'bench%' order by id").fetchall()
    ]
    places = [row[0] for row in connection.execute("select id from catalogue_stock order by id").fetchall()]
    return people, places
