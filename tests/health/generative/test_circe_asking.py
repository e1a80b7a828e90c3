"""A request in Circe's words finds the persons that the request finds, on drawn worlds that keep to what Circe supposes.

There everybody has an observation period around all their records, these bear a visit and say the day only. A request is
either said, written as JSON, read back and found to hold the same persons, or refused by the card that cannot be said.
"""

from collections import Counter
from datetime import date
from random import Random

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort import meaning, terms
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.engines.local import LocalEngine
from diptych.health.warehouse.research.cohort.wire import circe, circe_asking, circe_writing
from tests.health.drawn.requests import request
from tests.health.drawn.worlds import DrawnIndex, Tables, world
from tests.thoroughness import examples

ALLOWED = {terms.NOT_PERSONS.code, *(one.code for one in terms.UNSAYABLE_CARDS)}


def supposed(random: Random) -> Tables:
    """A world as Circe supposes it."""
    tables = world(random)
    lasting = {"observation_period_start_date": date(1950, 1, 1), "observation_period_end_date": date(2090, 1, 1)}
    tables["observation_period"] = [
        {"observation_period_id": place, "person_id": row["person_id"], "period_type_concept_id": 1, **lasting}
        for place, row in enumerate(tables["person"], 1)
    ]
    visits = [row["visit_occurrence_id"] for row in tables["visit_occurrence"]] or [1]
    for row in (row for rows in tables.values() for row in rows):
        row |= {name: None for name in row if name.endswith("_datetime")}
        if row.get("visit_occurrence_id", 0) is None:
            row["visit_occurrence_id"] = random.choice(visits)
    return tables


def asked_both_ways(seed: int) -> str:
    """`said` or why not; fails where the two find other persons."""
    random = Random(seed)
    tables = supposed(random)
    asked = request(random)
    try:
        cohort = circe_asking.definition_of(asked, title="drawn")
    except Refused as refused:
        return refused.code
    back = circe.read(circe_writing.write(cohort), origin="written")
    assert back.unknown == ()
    engine = LocalEngine(DrawnIndex(tables))
    everybody = set(meaning.persons(meaning.World(tables), n.Request(asked.care_sites)))
    found = sorted(everybody & set(engine.answer(back.cohort).rows.person.tolist()))
    assert found == meaning.persons(meaning.World(tables), asked), f"seed {seed}: {asked}"
    return "said" if found else "nobody"


def test_drawn() -> None:
    counts = Counter(asked_both_ways(seed) for seed in range(examples(400)))
    assert set(counts) - {"said", "nobody"} <= ALLOWED
    assert counts["said"] > examples(400) / 12, counts
