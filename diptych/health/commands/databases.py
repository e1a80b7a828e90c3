"""The databases of the two rooms: each its own, owned by its own role, which is all that its web process connects as.

Holds the roles, their making on a server, and where an embedded one is asked. Does not hold tables (migrations do). The key service
has no database, hence no role (decision 15).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from diptych.commons.postgres import Server


@dataclass(frozen=True, slots=True)
class Place:
    """A room's database and the one role that owns it."""

    database: str
    role: str


RESEARCH = Place("diptych_health", "diptych_research")
"""Accounts and requests of the research screens: nobody's data of the hospital."""
ROOM = Place("diptych_room", "diptych_room")
"""Accounts and journal of the locked room's own door."""
PLACES = (RESEARCH, ROOM)


def make(connection: "psycopg.Connection[Any]", place: Place, *, password: str | None = None) -> None:
    """Make a room's role and database where they are missing, and shut the database to every other role.

    The role may sign in, and nothing else: no superuser, no other role's member. `password` is set where one is given. `connection`
    is an administrator's, in autocommit.
    """
    role, database = sql.Identifier(place.role), sql.Identifier(place.database)
    if not connection.execute("select 1 from pg_roles where rolname = %s", [place.role]).fetchone():
        connection.execute(sql.SQL("create role {} login").format(role))
    plain = sql.SQL("alter role {} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls")
    connection.execute(plain.format(role))
    if password is not None:
        connection.execute(sql.SQL("alter role {} password {}").format(role, sql.Literal(password)))
    if not connection.execute("select 1 from pg_database where datname = %s", [place.database]).fetchone():
        connection.execute(sql.SQL("create database {} owner {}").format(database, role))
    connection.execute(sql.SQL("alter database {} owner to {}").format(database, role))
    connection.execute(sql.SQL("revoke all on database {} from public").format(database))


def hand_over(connection: "psycopg.Connection[Any]", place: Place) -> None:
    """Give what an administrator made in a room's database, before it had a role of its own, to that role."""
    connection.execute(
        sql.SQL(
            """do $$ declare made record; begin
            for made in
                select format('alter %s %s owner to %I', case c.relkind when 'S' then 'sequence' when 'v' then 'view' else 'table' end,
                    c.oid::regclass, {role}) as said
                from pg_class c
                where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S', 'v') and c.relowner <> {role}::regrole
                    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'e', 'i'))
                union all
                select format('alter function %s owner to %I', p.oid::regprocedure, {role})
                from pg_proc p
                where p.pronamespace = 'public'::regnamespace and p.proowner <> {role}::regrole
                    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
            loop execute made.said; end loop; end $$"""
        ).format(role=sql.Literal(place.role))
    )


def embedded_url(server: Server, place: Place) -> str:
    """A room's address on the embedded server, made there if it is missing. Its socket's folder is its user's alone, and lets
    that user be any role: the role keeps a process of ours from straying, not its user from choosing another."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        make(connection, place)
    with psycopg.connect(server.url(place.database), autocommit=True) as connection:
        hand_over(connection, place)
    return f"postgresql:///{place.database}?host={server.sockets}&user={place.role}"


def address(admin: str, place: Place, password: str) -> str:
    """The address of a room's database on an administrator's server, as `DATABASE_URL` says it."""
    parts = urlsplit(admin)
    host = parts.netloc.rpartition("@")[2]
    query = "&".join(word for word in parts.query.split("&") if word and word.partition("=")[0] not in {"user", "password"})
    return urlunsplit((parts.scheme, f"{place.role}:{quote(password, safe='')}@{host}", f"/{place.database}", query, ""))


def superusers(connection: "psycopg.Connection[Any]") -> Iterable[str]:
    """The roles of a server that may do everything, as any role may read."""
    return [name for (name,) in connection.execute("select rolname from pg_roles where rolsuper order by 1").fetchall()]
