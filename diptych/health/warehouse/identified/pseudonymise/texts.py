"""Texts on their way to the mart: notes and short words, rewritten a batch at a time with what is known of their person.

Holds the reading of the identity table and the rewriting of Arrow batches. Does not hold the rules: `notes` does.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from .columns import Crossing
from .keys.client import Keys
from .notes import Known, Label, Surrogates, rewritten
from .tables import Tables

BATCH = 2_000
"""Texts at once: a few megabytes."""

KINDS: dict[str, Label | None] = {
    "last_name": Label.LAST_NAME,
    "first_name": Label.FIRST_NAME,
    "doctor": None,
    "birth_date": Label.BIRTH_DATE,
    "nir": Label.SOCIAL_SECURITY,
    "ins": Label.SOCIAL_SECURITY,
    "ipp": Label.PATIENT_NUMBER,
    "nda": Label.STAY_NUMBER,
    "phone": Label.PHONE,
    "rpps": Label.PRACTITIONER_NUMBER,
    "address": Label.ADDRESS,
    "city": Label.CITY,
    "zip": Label.ZIP,
    "mail": Label.MAIL,
}
"""What a line of the identity table may say, and the label of its words. A kind that is none of these is taken for a number."""
_WORDS = frozenset({"last_name", "first_name", "doctor", "birth_date", "address", "city", "zip", "mail"})


def known_of(lines: list[dict[str, str]] | None) -> Known | None:
    """What the lines of the identity table say of one person."""
    if not lines:
        return None
    said: dict[str, list[str]] = {}
    for line in lines:
        said.setdefault(line["kind"], []).append(line["value"])
    numbers = tuple(
        (value, KINDS.get(kind) or Label.PATIENT_NUMBER)
        for kind, values in said.items()
        if kind not in _WORDS
        for value in values
    )
    births = [day for value in said.get("birth_date", ()) if (day := _day(value)) is not None]
    return Known(
        last_names=tuple(said.get("last_name", ())),
        first_names=tuple(said.get("first_name", ())),
        doctors=tuple(said.get("doctor", ())),
        birth_date=births[0] if births else None,
        numbers=numbers,
        addresses=tuple(said.get("address", ())),
        cities=tuple(said.get("city", ())),
        zips=tuple(said.get("zip", ())),
        mails=tuple(said.get("mail", ())),
    )


def _day(text: str) -> date | None:
    "A day that is one: an identity may hold 1985-13-45, which nobody was born on."
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def select_with_identity(tables: Tables, crossing: Crossing, *, near: str) -> str:
    """The crossing's SQL with three columns more, which do not cross: the person's own number and lines, and a day near."""
    some = " OR ".join(f't."{tables.column(crossing.table, name)}" IS NOT NULL' for name in crossing.texts)
    lines = "NULL::STRUCT(kind VARCHAR, value VARCHAR)[]"
    select = crossing.select
    if tables.identity:
        lines = f"CASE WHEN {some} THEN i.lines END"
        said = "list(struct_pack(kind := CAST(kind AS VARCHAR), value := CAST(value AS VARCHAR))) AS lines"
        grouped = f"SELECT person_id, {said} FROM {tables.identity} WHERE value IS NOT NULL GROUP BY person_id"
        select += f" LEFT JOIN ({grouped}) AS i ON i.person_id = p.person_id"
    more = f'p.person_id AS _person, p.days AS _days, CAST(t."{near}" AS DATE) AS _near, {lines} AS _lines'
    return select.replace("SELECT ", f"SELECT {more}, ", 1)


def rewrite(
    batches: Iterator[pa.RecordBatch], crossing: Crossing, *, keys: Keys, project: str, found: Counter[Label]
) -> Iterator[pa.RecordBatch]:
    """The batches with their texts rewritten and the columns that do not cross taken off; `found` counts what was replaced."""
    for batch in batches:
        new = {name: batch.column(name) for name in crossing.written}
        persons = batch.column("_person").to_numpy()
        for name in crossing.texts:
            new[name] = pa.array(_rewritten(batch, name, persons, keys, project, found), pa.string())
        yield pa.RecordBatch.from_pydict(new)


def _rewritten(
    batch: pa.RecordBatch, name: str, persons: Any, keys: Keys, project: str, found: Counter[Label]
) -> list[str | None]:
    texts: list[str | None] = batch.column(name).to_pylist()
    places = [place for place, text in enumerate(texts) if text]
    if not places:
        return texts
    asked = np.unique(persons[places])
    seeds = dict(zip(asked.tolist(), keys.seeds(project, asked), strict=True))
    days, near, lines = (batch.column(column) for column in ("_days", "_near", "_lines"))
    identities: dict[int, Known | None] = {}
    for place in places:
        person = int(persons[place])
        if person not in identities:
            identities[person] = known_of(lines[place].as_py())
        text = texts[place]
        assert text is not None, "places are those of texts"
        surrogates = Surrogates(seeds[person], days[place].as_py())
        texts[place], spans = rewritten(text, known=identities[person], surrogates=surrogates, near=near[place].as_py())
        found.update(span.label for span in spans)
    return texts
