"""Many rows made the same in a table: whatever came before, in whatever chunks, the counts and the rows are the plain answer's."""

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings, strategies

from diptych.commons import bulk
from tests.thoroughness import examples

COLUMNS = {"source": "varchar", "code": "varchar", "said": "varchar", "home_id": "integer"}
TABLE = """
create table home (id integer primary key);
insert into home values (1), (2);
create table thing (
    id bigint generated always as identity primary key, source varchar not null, code varchar not null,
    said varchar not null, home_id integer references home deferrable initially deferred,
    made_by varchar, edited_at timestamptz
);
create unique index on thing (source, code) where source <> '';
"""


@pytest.fixture
def things(database):
    """A connection to an empty table of things, each with the home it is in."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TABLE)
        yield connection


def merged(connection, rows, **more):
    with connection.transaction(), connection.cursor() as cursor:
        return bulk.merge(
            cursor=cursor, table="thing", columns=COLUMNS, key=("source", "code"), rows=iter(rows), filled="source",
            constants={"made_by": "an import"}, edited="edited_at", **more,
        )  # fmt: skip


def held(connection):
    return {
        code: (said, home, made_by)
        for code, said, home, made_by in connection.execute("select code, said, home_id, made_by from thing")
    }


def plainly(stored, edited, rows, insert):
    "What should be held and counted: the last of each key, one after the other."
    after, counts = dict(stored), {"created": 0, "changed": 0, "unchanged": 0, "kept": 0}
    for code, (said, home) in {code: (said, home) for _, code, said, home in rows}.items():
        before = stored.get(code)
        if before is None:
            counts["created" if insert else "unchanged"] += 1
            if insert:
                after[code] = (said, home, "an import")
        elif before[:2] == (said, home):
            counts["unchanged"] += 1
        elif code in edited:
            counts["kept"] += 1
        else:
            counts["changed"] += 1
            after[code] = (said, home, before[2])
    return after, bulk.Merged(**counts)


codes, words, homes = strategies.sampled_from("abcdefgh"), strategies.sampled_from("xyz"), strategies.sampled_from([1, 2, None])


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stored=strategies.dictionaries(codes, strategies.tuples(words, homes)),
    edited=strategies.sets(codes),
    rows=strategies.lists(strategies.tuples(strategies.just("s"), codes, words, homes), max_size=16),
    chunk=strategies.integers(1, 5),
    insert=strategies.booleans(),
)
def test_chunks_change_neither_what_is_held_nor_what_is_counted(things, stored, edited, rows, chunk, insert):
    things.execute("delete from thing")
    for code, (said, home) in stored.items():
        things.execute(
            "insert into thing (source, code, said, home_id, made_by, edited_at) values ('s', %s, %s, %s, 'a person', %s)",
            (code, said, home, "2026-01-01T00:00Z" if code in edited else None),
        )
    before = held(things)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bulk, "_CHUNK", chunk)
        after, counts = plainly(before, edited, rows, insert)
        assert merged(things, rows, insert=insert) == counts
        assert held(things) == after
        again, unchanged = plainly(after, edited, rows, insert)
        assert merged(things, rows, insert=insert) == unchanged
        assert held(things) == again == after


def test_a_reader_that_refuses_while_rows_go_in_leaves_nothing(things):
    things.execute("delete from thing")

    def rows():
        for number in range(2_500):
            yield "s", str(number), "x", 1
        raise ValueError("the file changed meanwhile")

    with pytest.raises(ValueError, match="meanwhile"):
        merged(things, rows())
    assert held(things) == {}
    assert merged(things, [("s", "a", "x", 1)]) == bulk.Merged(1, 0, 0)


def test_a_row_that_the_database_refuses_while_others_are_read_leaves_nothing(things):
    things.execute("delete from thing")
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        merged(things, [("s", str(number), "x", 3 if number == 100 else 1) for number in range(3_500)])
    assert held(things) == {}


def test_foreign_keys_get_back_the_time_of_their_check(things):
    things.execute("delete from thing")
    with pytest.raises(psycopg.errors.ForeignKeyViolation), things.transaction(), things.cursor() as cursor:
        bulk.merge(cursor=cursor, table="thing", columns=COLUMNS, key=("source", "code"), rows=[("s", "a", "x", 1)])
        cursor.execute("insert into thing (source, code, said, home_id) values ('s', 'b', 'x', 3)")
        assert cursor.rowcount == 1  # at the commit only
    assert held(things) == {}
