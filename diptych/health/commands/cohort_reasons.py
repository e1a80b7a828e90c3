"""`diptych health cohort explain` and `diff`: why a person is in a cohort or not, and what changed between two questions."""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from .asking import Asked, MaybeRows, MaybeStore, read_questions
from .changes import told
from .omop import JsonOption
from .told import explained

from diptych.commons.refusal import deny
from diptych.commons.terminal import show_json
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.count import Hands, Question, rows_of
from diptych.health.warehouse.research.cohort.difference import difference
from diptych.health.warehouse.research.cohort.explain import Explanation, explain_handed
from diptych.health.warehouse.research.cohort.explain import explain as why
from diptych.health.warehouse.research.cohort.terms import REQUESTS_ONLY, WHERE
from diptych.health.warehouse.research.index.person import Persons
from diptych.health.warehouse.research.index.store import Store


def explain(
    file: Annotated[Path, typer.Argument(help="A definition or a request.")],
    person: Annotated[int, typer.Option("--person", help="The person's id in the store, or in the rows handed in.")],
    store: MaybeStore = None,
    rows: MaybeRows = None,
    as_json: JsonOption = False,
) -> None:
    """Say which events of a person matched which criterion, or the first rule that failed, and by how much.

    The first line is the verdict; below it stands everything that was looked at: what holds first, then what comes nearest.
    """
    for question in read_questions([file]):
        explanation = _explanation(question, person, store, rows)
        if as_json:
            show_json({"definition": question.name} | explanation.data())
        else:
            for line in explained(explanation, name=question.name):
                print(line)


def _explanation(question: Question, person: int, store: Path | None, rows: Path | None) -> Explanation:
    if store is not None and rows is None:
        return why(Persons(Store(store)), question.asked, person=person)
    if rows is None or store is not None:
        deny(WHERE)
    hands = Hands(rows)
    if not isinstance(question.asked, n.Request):
        deny(REQUESTS_ONLY, definition=question.name)
    return explain_handed(hands.handed, question.asked, person=person)


def diff(
    before: Annotated[Path, typer.Argument(help="A definition or a request, as it was.")],
    after: Annotated[Path, typer.Argument(help="The same, as it is now.")],
    store: MaybeStore = None,
    rows: MaybeRows = None,
    ids: Annotated[bool, typer.Option("--ids", help="With --store or --rows: name the persons gained and lost.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what changed in meaning between two questions, and, with --store or --rows, the persons gained and lost.

    What was only renamed, renumbered or put in an order that has no effect is said to change nothing.
    """
    old, new = (read_questions([file])[0] for file in (before, after))
    changes = difference(old.asked, new.asked)
    counted = _counted(old, new, Asked(store, rows), ids=ids) if store is not None or rows is not None else None
    if as_json:
        told_ = [one.data() for one in changes]
        show_json({"before": old.name, "after": new.name, "same": not any(one.effect for one in changes), "changes": told_}
                  | ({} if counted is None else {"persons": counted}))  # fmt: skip
        return
    for line in told(changes):
        print(line)
    if counted is not None:
        numbers = ", ".join(f"{counted[name]} {name}" for name in ("gained", "lost", "redated"))
        print(f"Persons: {counted['before']} before, {counted['after']} after: {numbers}.")
        for name in ("gained", "lost") if ids else ():
            print(f"{name}: {' '.join(map(str, counted[f'{name}_ids'])) or 'nobody'}")


def _counted(old: Question, new: Question, asked: Asked, *, ids: bool) -> dict[str, Any]:
    "How many persons each question has, who came and went, and whose dates are others."
    rows = [rows_of(asked.answer(one)) for one in (old, new)]
    persons = [np.unique(one.person) for one in rows]
    gained, lost = np.setdiff1d(persons[1], persons[0]), np.setdiff1d(persons[0], persons[1])
    dated = [set(zip(one.person.tolist(), one.start.tolist(), one.end.tolist(), strict=True)) for one in rows]
    redated = {row[0] for row in dated[0] ^ dated[1]} - set(gained.tolist()) - set(lost.tolist())
    found = {
        "before": len(persons[0]),
        "after": len(persons[1]),
        "gained": len(gained),
        "lost": len(lost),
        "redated": len(redated),
    }
    return found | ({"gained_ids": gained.tolist(), "lost_ids": lost.tolist()} if ids else {})
