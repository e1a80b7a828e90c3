"""The tables of the roll-out: versions of plans, only ever added to, and counts of outcomes.

Plain SQL, as the outbox: both services and plain Python use it. Does not hold who reads or writes them.
"""

SCHEMA = """
create table rollout_version (
    feature text not null check (feature ~ '^[a-z_]+[.][a-z_]+$'),
    number  int not null check (number > 0),
    at      timestamptz not null,
    actor   text not null,
    reason  text not null check (length(reason) between 3 and 200),
    change  text not null check (change in ('set', 'stop', 'guard', 'rollback')),
    "of"    int check ((change = 'rollback') = ("of" is not null) and "of" < number),
    plan    jsonb not null,
    primary key (feature, number)
);
create function rollout_refuse() returns trigger language plpgsql as $$
begin raise exception 'the history of a roll-out is only added to' using errcode = 'restrict_violation'; end $$;
create trigger rollout_refuse_change before update or delete on rollout_version
    for each row execute function rollout_refuse();
create trigger rollout_refuse_truncate before truncate on rollout_version
    for each statement execute function rollout_refuse();

create table rollout_outcome (
    feature  text not null,
    version  int not null,
    rule     text not null,
    minute   timestamptz not null,
    slot     smallint not null,
    fine     int not null default 0,
    refusals int not null default 0,
    errors   int not null default 0,
    primary key (feature, version, rule, minute, slot)
);
"""

SEATS = """
create table rollout_seats (
    feature text not null,
    rule    text not null,
    taken   int not null check (taken >= 0),
    primary key (feature, rule)
);
create table rollout_seat (
    feature   text not null,
    rule      text not null,
    person_id bigint not null,
    number    int not null check (number > 0),
    at        timestamptz not null,
    primary key (feature, rule, person_id),
    unique (feature, rule, number)
);
create index rollout_seat_of_person on rollout_seat (person_id);
"""
"""The first who come: how many seats of a rule are taken, and whose each is. A count row a rule is what takers queue at."""

REVERSE_SEATS = "drop table rollout_seat; drop table rollout_seats;"

REVERSE = "drop table rollout_outcome; drop table rollout_version; drop function rollout_refuse();"
