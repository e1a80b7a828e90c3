"""Accounts to try a draft on, read from the database or generated, and the trial itself.

Holds the reading and the drawing. Does not hold the rules, nor anything personal: a birth date, a département and a day.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any, Final

from django.db import connection

from diptych.culture.domain.people.rules import DEPARTMENTS, birthday
from diptych.culture.domain.people.terms import Role
from diptych.culture.domain.wallet.rules import LAW
from diptych.culture.domain.wallet.rules.law import AgeAmount, Cap, End, Regime
from diptych.culture.domain.wallet.rules.simulation import Account, Outcome, Simulation
from diptych.culture.domain.wallet.terms import Bucket, DepositType, MovementKind, Scheme

BATCH: Final = 20_000
_THOUSANDS: Final = (
    "01 660|02 527|03 335|04 166|05 140|06 1104|07 332|08 269|09 155|10 311|11 377|12 280|13 2057|14 701|15 144|16 352|17 661|"
    "18 300|19 239|2A 163|2B 184|21 536|22 607|23 115|24 414|25 548|26 521|27 598|28 431|29 921|30 757|31 1434|32 192|33 1655|"
    "34 1201|35 1098|36 217|37 615|38 1284|39 259|40 420|41 329|42 768|43 228|44 1457|45 684|46 175|47 331|48 77|49 824|50 495|"
    "51 564|52 170|53 306|54 732|55 182|56 769|57 1050|58 202|59 2611|60 829|61 277|62 1461|63 664|64 693|65 231|66 485|67 1152|"
    "68 768|69 1892|70 234|71 549|72 566|73 442|74 841|75 2133|76 1256|77 1438|78 1456|79 374|80 566|81 393|82 263|83 1096|"
    "84 563|85 697|86 439|87 372|88 360|89 334|90 139|91 1313|92 1635|93 1668|94 1415|95 1257|971 384|972 361|973 286|974 871|"
    "975 6|976 256|977 11|978 32|986 12|987 279|988 271"
)
"""Inhabitants in thousands, rounded (INSEE, legal populations in force in 2024): the weights of a generated population."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Rows that a draft adds to the law, as plain values: each is checked by its shape before it gets here."""

    regimes: tuple[dict[str, Any], ...] = ()
    amounts: tuple[dict[str, Any], ...] = ()
    caps: tuple[dict[str, Any], ...] = ()
    ends: tuple[dict[str, Any], ...] = ()


def rows_of(draft: Draft) -> list[Regime | AgeAmount | Cap | End]:
    """A draft as rows of the law's tables. Where a kind of sum is not said, it is the age's own."""

    def kind(row: dict[str, Any]) -> MovementKind:
        if row["deposit"] == DepositType.GRANT_18:
            return MovementKind.FIRST_GRANT
        return MovementKind(row.get("kind") or f"Recredit{row['age']}")

    return [
        *(Regime(Scheme(r["scheme"]), DepositType(r["deposit"]), r["version"], r["since"], r["until"], (r["ages"][0], r["ages"][1]),
                 r["source"], tuple(r["only"]), tuple(r["but"])) for r in draft.regimes),
        *(AgeAmount(DepositType(r["deposit"]), r["version"], r["since"], r["age"], kind(r), r["amount_cents"], r["source"], r["until"])
          for r in draft.amounts),
        *(Cap(DepositType(r["deposit"]), r["version"], r["since"], Bucket(r["bucket"]), tuple(r["departments"]), r["cap_cents"],
              r["source"]) for r in draft.caps),
        *(End(DepositType(r["deposit"]), r["version"], r["since"], r["birthday"], r["hours"], r["years"], r["source"])
          for r in draft.ends),
    ]  # fmt: skip


def why_not_draft(draft: Draft) -> str:
    """What a draft says twice or against the law in force, named by table and row; empty where it can be tried."""
    now: dict[str, set[tuple[object, ...]]] = {
        "regime": {(r.scheme, r.since) for r in LAW.regimes},
        "amount": {(r.deposit, r.version, r.age, r.since) for r in LAW.amounts},
        "cap": {(c.deposit, c.version, c.bucket, c.since, d) for c in LAW.caps for d in c.departments or ("",)},
        "end": {(e.deposit, e.version, e.since) for e in LAW.ends},
    }
    counts = dict.fromkeys(now, 0)
    keys: list[tuple[object, ...]]
    for row in rows_of(draft):
        match row:
            case Regime():
                table, keys = "regime", [(row.scheme, row.since)]
            case AgeAmount():
                table, keys = "amount", [(row.deposit, row.version, row.age, row.since)]
            case Cap():
                table, keys = "cap", [(row.deposit, row.version, row.bucket, row.since, d) for d in row.departments or ("",)]
            case End():
                table, keys = "end", [(row.deposit, row.version, row.since)]
        if set(keys) & now[table]:
            return f"{table}[{counts[table]}].since: a row says this from that day already; an old one is never edited"
        now[table] |= set(keys)
        counts[table] += 1
    return ""


def simulate(draft: Draft, accounts: Iterator[Account], *, on_progress: Callable[[int], None] | None = None) -> Outcome:
    """Replay accounts under the law in force and under the law with the draft's rows. `on_progress` hears how many more."""
    trial = Simulation(LAW.with_rows(*rows_of(draft)))
    while batch := tuple(islice(accounts, BATCH)):
        trial.add(batch)
        if on_progress is not None:
            on_progress(len(batch))
    return trial.outcome


def count_accounts() -> int:
    """How many accounts of the database can be replayed."""
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) {_REPLAYED}", (list(_OTHERS),))
        return int(cursor.fetchone()[0])


def accounts_of_database() -> Iterator[Account]:
    """Every youth's account that has a birth date and a département, by a cursor of the server: memory stays flat."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "select coalesce(validated_birth_date, birth_date), department,"
            f" (registered_at at time zone 'Europe/Paris')::date {_REPLAYED}",
            (list(_OTHERS),),
        )
        while rows := cursor.fetchmany(BATCH):
            yield from (Account(*row) for row in rows)


_OTHERS: Final = (Role.ADMIN.value, Role.PRO.value, Role.NON_ATTACHED_PRO.value, Role.ANONYMIZED.value)
_REPLAYED: Final = "from people_person where coalesce(validated_birth_date, birth_date) is not null and department <> '' and not roles && %s::varchar[]"


def generated_accounts(count: int, *, since: date, seed: int = 2026) -> Iterator[Account]:
    """A population: as many as asked, départements by their inhabitants, 16 to 18 years old on a day; three quarters register
    within the hundred days of a 17th or an 18th birthday, the others at any time before 19."""
    random = Random(seed)  # noqa: S311  # a population to draw, no secret
    codes, weights = zip(*(row.split() for row in _THOUSANDS.split("|")), strict=True)
    known = [(code, int(weight)) for code, weight in zip(codes, weights, strict=True) if code in DEPARTMENTS]
    places = [code for code, _ in known]
    heavy = [weight for _, weight in known]
    for start in range(0, count, BATCH):
        many = min(BATCH, count - start)
        for department in random.choices(places, heavy, k=many):
            born = birthday(since, -19) + timedelta(days=random.randrange(3 * 365))
            if random.random() < 0.75:
                registered = birthday(born, random.choice((17, 17, 18))) + timedelta(days=int(random.expovariate(1 / 25)) % 100)
            else:
                registered = birthday(born, 17) + timedelta(days=random.randrange(700))
            yield Account(born, department, registered)
