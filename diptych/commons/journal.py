"""The journal: who did what to whom, when, in a chain that shows any later change.

Holds the table, `write`, and `verify`. Does not hold personal data: actors and subjects are named by kind and id, and
`facts` are codes and amounts. Rows are only added: the database itself refuses update, delete and truncate, and each
row carries the SHA-256 of its content and of the row before, so that a change made around those guards is found.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SCHEMA = """
create table journal_entry (
    id       bigint primary key,
    at       timestamptz not null,
    actor    text not null,
    act      text not null check (act ~ '^[a-z_]+[.][a-z_]+$'),
    subject  text not null,
    facts    jsonb not null,
    previous bytea not null,
    digest   bytea not null
);
create index journal_entry_subject on journal_entry (subject, id);
create index journal_entry_actor on journal_entry (actor, id);

create function journal_digest(id bigint, at timestamptz, actor text, act text, subject text, facts jsonb, previous bytea)
returns bytea language sql immutable as $$
    select sha256(previous || convert_to(
        jsonb_build_array(id, extract(epoch from at)::numeric(20, 6), actor, act, subject, facts)::text, 'UTF8'))
$$;

create function journal_chain() returns trigger language plpgsql as $$
declare last record;
begin
    perform pg_advisory_xact_lock(715517);  -- one writer at a time: a chain has one end
    select j.id, j.digest into last from journal_entry j order by j.id desc limit 1;
    new.id := coalesce(last.id, 0) + 1;
    new.previous := coalesce(last.digest, '\\x'::bytea);
    new.digest := journal_digest(new.id, new.at, new.actor, new.act, new.subject, new.facts, new.previous);
    return new;
end $$;
create trigger journal_chain before insert on journal_entry for each row execute function journal_chain();

create function journal_refuse() returns trigger language plpgsql as $$
begin raise exception 'the journal is only added to' using errcode = 'restrict_violation'; end $$;
create trigger journal_refuse_change before update or delete on journal_entry
    for each row execute function journal_refuse();
create trigger journal_refuse_truncate before truncate on journal_entry
    for each statement execute function journal_refuse();
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: how many entries were read, the first fault if any, and the last digest, in hexadecimal.

    `head` may be kept elsewhere (printed, posted, timestamped): it later shows whether the chain was made again whole.
    """

    entries: int
    broken_at: int | None = None
    fault: str = ""
    head: str = ""


def write(cursor: Any, *, actor: str, act: str, subject: str, at: datetime, facts: Mapping[str, Any] | None = None) -> None:
    """Add an entry in the caller's own transaction. Last thing before its end: writers queue here until commit.

    `actor` and `subject` are `kind:id` (`person:17`, `job:expire`), `act` is `chapter.verb` (`bookings.use`).
    """
    cursor.execute(
        "insert into journal_entry (id, at, actor, act, subject, facts, previous, digest)"
        " values (0, %s, %s, %s, %s, %s::jsonb, '', '')",
        (at, actor, act, subject, json.dumps(facts or {})),
    )


def verify(cursor: Any, *, on_progress: Callable[[int], None] | None = None, step: int = 50_000) -> Verdict:
    """Recompute the whole chain in the database, `step` entries at a time. The first entry that does not hold is named.

    `on_progress` hears how many entries hold so far. What was removed from the end cannot be seen from inside: compare
    `head` with one that was kept elsewhere.
    """
    entries, head = 0, b""
    while True:
        cursor.execute(_CHECK, (entries, head, entries, step))
        count, broken_at, fault, last = cursor.fetchone()
        if broken_at is not None:
            return Verdict(entries + int(count), broken_at, fault, "")
        if not count:
            return Verdict(entries, head=head.hex())
        entries, head = entries + int(count), bytes(last)
        if on_progress is not None:
            on_progress(entries)


_CHECK = """
select count(*), min(id) filter (where fault <> ''), (array_agg(fault order by id) filter (where fault <> ''))[1],
       (array_agg(digest order by id desc))[1]
from (
    select id, digest, case
        when id <> %s + row_number() over w then 'an entry is missing before it'
        when previous <> coalesce(lag(digest) over w, %s) then 'the entry before it was changed'
        when digest <> journal_digest(id, at, actor, act, subject, facts, previous) then 'it was changed'
        else '' end as fault
    from (select * from journal_entry where id > %s order by id limit %s) part window w as (order by id)
) checked
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal, as it is read."""

    id: int
    at: datetime
    actor: str
    act: str
    subject: str
    facts: Mapping[str, Any]


def entries(cursor: Any, *, subject: str = "", actor: str = "", act: str = "", before: int = 0, limit: int = 50) -> list[Entry]:
    """Entries, latest first, that have these words (each left out where it is empty) and come before the one numbered
    `before` (0: from the end)."""
    cursor.execute(
        "select id, at, actor, act, subject, facts::text from journal_entry"
        " where (%(subject)s = '' or subject = %(subject)s) and (%(actor)s = '' or actor = %(actor)s)"
        " and (%(act)s = '' or act = %(act)s) and (%(before)s = 0 or id < %(before)s) order by id desc limit %(limit)s",
        {"subject": subject, "actor": actor, "act": act, "before": before, "limit": limit},
    )
    return [Entry(id_, at, who, what, whom, json.loads(facts)) for id_, at, who, what, whom, facts in cursor.fetchall()]
