"""Erase: forget somebody, as the register says of each table; cut old dates; sweep traces by age.

One person is one transaction: a job killed in the middle has forgotten whole people, and the next run goes on. What
proves it is numbers and counts. The journal and the ledger are not touched: they hold numbers only.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection, transaction

from .. import terms
from ..models import ErasureRequest
from ..queries import facts_of
from ..queries.holdings import Sessions, changes, parameters_of
from ..rules.clocks import DEPOSIT_CUT, OUTSIDE, SWEEPS, Sweep, deposit_dates_before, rule_of, why_not_erase
from ..rules.register import PERSONAL, Row
from ..terms import RequestState
from .acting import locked_facts, prove, tell

from diptych.commons.refusal import deny, refuse, stop_if

SWEPT_AT_ONCE = 10_000


@transaction.atomic
def erase(
    *, person_id: int, forgotten_outside: Collection[str], actor: str, at: datetime, sessions: Sessions | None = None
) -> dict[str, int]:
    """Forget somebody whose time has come, and give the counts by table. `forgotten_outside`: the tools (codes) that
    have already forgotten the contact. Refuses before its time, while an extract is being made or a place is booked,
    and until every tool outside has forgotten. `sessions`: as read once for a batch; read here where it is None."""
    facts = locked_facts(person_id=person_id)
    refusal = why_not_erase(facts, at=at)
    left = next((tool.code for tool in OUTSIDE if tool.code not in forgotten_outside), None)
    if refusal is None and left is not None:
        refusal = refuse(terms.OUTSIDE_FIRST, tool=left)
    stop_if(refusal)
    asked = parameters_of(person_id=person_id, sessions=sessions)
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        # Opens, for this transaction, the guard of journals that an erasure alone may empty (eligibility's).
        cursor.execute("select set_config('diptych.erasing', 'on', true)")
        for table in PERSONAL:
            if table.row is Row.DROPPED:
                cursor.execute(f"delete from {table.name} where {table.of}", asked)
            elif changes(table):
                cursor.execute(f"update {table.name} set {changes(table)} where {table.of}", asked)
            else:
                continue
            if cursor.rowcount:
                counts[table.name] = cursor.rowcount
    ErasureRequest.objects.filter(person_id=person_id, state=RequestState.QUEUED).update(state=RequestState.DONE, ended_at=at)
    rule = rule_of(facts)
    prove(act="erase", rule=rule, actor=actor, at=at, person_id=person_id, counts=counts)
    tell("erase", person_id=person_id, actor=actor, at=at, facts={"rule": rule})
    return counts


def why_not(*, person_id: int, at: datetime) -> None:
    """Raise the refusal that `erase` would give now, if any, tools outside apart: asked before they are told."""
    found = facts_of([person_id])
    if not found:
        deny(terms.NOT_FOUND)
    stop_if(why_not_erase(found[0], at=at))


def sweep(*, at: datetime) -> int:
    """Remove the traces whose time is over, table by table, ten thousand rows a transaction. Gives how many rows."""
    return sum(_sweep(row, at) for row in SWEEPS)


def _sweep(row: Sweep, at: datetime) -> int:
    before, done = at - timedelta(days=row.days), 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            if row.first:
                cursor.execute(row.first, {"before": before})
            cursor.execute(
                f"delete from {row.table} where ctid = any(array(select ctid from {row.table} where {row.when} <= %s limit %s))",
                (before, SWEPT_AT_ONCE),
            )
            swept = int(cursor.rowcount)
            if swept:
                prove(act="sweep", rule=row.code, actor="job:sweep_personal_data", at=at, counts={row.table: swept})
        done += int(swept)
        if swept < SWEPT_AT_ONCE:
            return done


@transaction.atomic
def cut_deposit_dates(*, at: datetime) -> int:
    """Cut to 1 January the dates of the deposits that ended ten years ago. Gives how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update wallet_deposit set created_at = date_trunc('year', created_at, 'UTC'),"
            " expires_at = date_trunc('year', expires_at, 'UTC')"
            " where expires_at <= %s and (created_at, expires_at) <>"
            " (date_trunc('year', created_at, 'UTC'), date_trunc('year', expires_at, 'UTC'))",
            (deposit_dates_before(at),),
        )
        cut = int(cursor.rowcount)
    if cut:
        prove(act="cut", rule=DEPOSIT_CUT, actor="job:sweep_personal_data", at=at, counts={"wallet_deposit": cut})
    return cut
