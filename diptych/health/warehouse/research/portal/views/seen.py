"""Seen: a kept question read, answered and drawn for whoever asks; what several views need of it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from ..cards import Board, Drawing
from ..desk import Looked, Open, Steps, answer, look, store
from ..showing import Showing, note

from diptych.commons.refusal import deny
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.wire import circe, cohort360
from diptych.health.warehouse.research.index.columns import Ints
from diptych.health.warehouse.research.questions import queries
from diptych.health.warehouse.research.questions.queries import Kept
from diptych.health.warehouse.research.questions.terms import NO_CARD, NOT_FOUND, Form


@dataclass(frozen=True)
class Seen:
    """A request as it stands, with its answer."""

    kept: Kept
    request: n.Request
    looked: Looked
    opened: Open
    showing: Showing

    def board(self) -> Board:
        """Its cards."""
        return Drawing(request=self.request, looked=self.looked, opened=self.opened, showing=self.showing).board()


def account_of(request: HttpRequest) -> Any:
    """Who asks: the door has seen to it that somebody is signed in."""
    return request.user


def kept_of(request: HttpRequest, question_id: int) -> Kept:
    """A question of whoever asks. Refused (`questions.not_found`) where it is not theirs."""
    return queries.question(question_id=question_id, account_id=account_of(request).pk)


def read_of(kept: Kept) -> n.Request:
    """A kept request, opened, without an answer. Refused (`questions.not_found`) where it is a definition."""
    if kept.form is not Form.REQUEST:
        deny(NOT_FOUND)
    return queries.opened(cohort360.read(kept.asked, origin=kept.name).request)


def criterion_of(asked: n.Request, card: int) -> n.Basic:
    """A criterion by its id. Refused (`questions.no_card`) where it is gone or a group."""
    for one in cohort360.walk(asked.member) if asked.member else ():
        if one.id == card and isinstance(one, n.Basic):
            return one
    deny(NO_CARD)


def seen(request: HttpRequest, kept: Kept) -> Seen:
    """A kept request, opened and answered. An exact count is journalled."""
    account = account_of(request)
    asked = read_of(kept)
    found = Seen(kept, asked, look(asked, account), store(), Showing(account))
    counted(request, kept, found.looked.look.persons, found.showing)
    return found


def steps_of(request: HttpRequest, kept: Kept) -> Steps:
    """A kept definition of Circe's, answered rule by rule. An exact count is journalled."""
    found = answer(circe.read(kept.asked, origin=kept.name).cohort, account_of(request))
    counted(request, kept, found.whole, Showing(account_of(request)))
    return found


def counted(request: HttpRequest, kept: Kept, persons: Ints | None, showing: Showing) -> None:
    """Keep in the journal that a count was seen, and whether it was exact."""
    facts = {"place": kept.place, "release": store().release}
    if showing.exact and persons is not None:
        note(account_of(request), "cohorts.count_exact", f"question:{kept.id}", persons=len(persons), **facts)
    else:
        note(account_of(request), "cohorts.count", f"question:{kept.id}", **facts)


def found_by(request: HttpRequest, kept: Kept) -> tuple[Ints | None, Ints]:
    """Who a question finds, whatever its form (None where it cannot be counted), and who could be found."""
    if kept.form is Form.DEFINITION:
        steps = steps_of(request, kept)
        return steps.whole, steps.population
    looked = seen(request, kept).looked.look
    return looked.persons, looked.population
