"""Script: a question's steps, each a named SELECT over the tables and the steps before it.

Holds the names, and what every step needs: the known persons, the concepts of each set. DuckDB's words, of which only those
that have a counterpart in Spark. Does not run anything.
"""

from collections.abc import Iterable, Sequence

from diptych.health.warehouse.research.cohort import nodes as n

FAR = 2**30
"""Days beyond any date."""


def day(column: str) -> str:
    """A date as days from 1970-01-01, wide enough for whatever is added to it."""
    return f"CAST(date_diff('day', DATE '1970-01-01', {column}) AS BIGINT)"


def second(column: str) -> str:
    """A time as seconds from 1970-01-01."""
    return f"CAST(floor(epoch({column})) AS BIGINT)"


def day_of_second(column: str) -> str:
    """The day of a second."""
    return f"CAST(floor({column} / 86400.0) AS BIGINT)"


def numbers(values: Iterable[int]) -> str:
    """Whole numbers as SQL writes a list; a list of none matches nothing."""
    return ", ".join(map(str, values)) or "NULL"


class Script:
    """Steps as they are added. The same SELECT is one step, however often it is asked for."""

    def __init__(self, concept_sets: Sequence[n.ConceptSet]) -> None:
        self.steps: list[tuple[str, str]] = []
        self._names: dict[str, str] = {}
        self.known = self.add("known", "SELECT person_id FROM person UNION SELECT person_id FROM observation_period")
        self.periods = self.add(
            "periods",
            f"SELECT observation_period_id AS period_id, person_id, {day('observation_period_start_date')} AS pstart, "
            f"{day('observation_period_end_date')} AS pend FROM observation_period",
        )
        self._sets = {one.id: one for one in concept_sets}

    def add(self, stem: str, select: str) -> str:
        """Add a step; returns its name."""
        if select not in self._names:
            self._names[select] = f"s{len(self.steps)}_{stem}"
            self.steps.append((self._names[select], select))
        return self._names[select]

    def concepts(self, codeset: int) -> str:
        """The step that holds the concepts of a set (§2.2.2): included less excluded."""
        sides = [
            self._side([item for item in self._sets[codeset].items if item.excluded is excluded]) for excluded in (False, True)
        ]
        return self.add("concepts", f"({sides[0]}) EXCEPT ({sides[1]})")

    def _side(self, items: Sequence[n.Item]) -> str:
        def below(ids: Iterable[int]) -> str:
            return (
                "SELECT a.descendant_concept_id AS concept_id FROM concept_ancestor a JOIN concept c ON "
                "c.concept_id = a.descendant_concept_id AND coalesce(c.invalid_reason, '') = '' "
                f"WHERE a.ancestor_concept_id IN ({numbers(ids)})"
            )

        def there(ids: Iterable[int]) -> str:
            return f"SELECT concept_id FROM concept WHERE concept_id IN ({numbers(ids)})"

        wide = [item.concept_id for item in items if item.descendants]
        parts = [there(item.concept_id for item in items), below(wide)]
        if mapped := [item for item in items if item.mapped]:
            targets = f"{there(i.concept_id for i in mapped)} UNION {below(i.concept_id for i in mapped if i.descendants)}"
            parts.append(
                "SELECT concept_id_1 AS concept_id FROM concept_relationship WHERE relationship_id = 'Maps to' "
                f"AND coalesce(invalid_reason, '') = '' AND concept_id_2 IN ({targets})"
            )
        return " UNION ".join(parts)
