"""The benches' own world stands on today's tables, and the peer's function books in it as the service does."""

import pytest
from django.db import connection

from diptych.commons import clock
from diptych.culture.commands.bench import ledger, peer, world
from diptych.culture.domain.bookings.queries import discrepancies, verify_ledger


@pytest.mark.django_db
def test_the_world_is_made_and_the_peer_books_in_it() -> None:
    connection.ensure_connection()
    raw = connection.connection
    people, stocks = world.make(raw, at=clock.now(), wallets=3, stocks=2)
    assert (len(people), len(stocks)) == (3, 2)
    peer.install(raw)
    booked = [raw.execute("select bench_book(%s, %s)", (person, stocks[0])).fetchone()[0] for person in (people[0], people[0])]
    assert len(booked[0]) == 6
    assert booked[1] == "already_booked"
    assert discrepancies() == []


@pytest.mark.django_db
def test_the_ledger_of_the_bench_s_world_holds() -> None:
    connection.ensure_connection()
    raw, at = connection.connection, clock.now()
    world.make(raw, at=at, wallets=30, stocks=2, spread=True)
    ledger.book(raw, at=at)
    found = verify_ledger()
    assert (found.deposits, found.bookings, found.movements, found.faults) == (30, 10, 40, [])
