"""A whole stock in one request, line by line as it comes: ours, besides the contract, whose bulk upsert takes 500 works a time.

Holds the reading of lines. Does not hold what becomes of them (catalogue).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Query, Router, Schema
from pydantic import Field, ValidationError

from .door import Calling, answers, partner
from .product_shapes import ProductOfferByEanCreation
from .products import line_of

from diptych.commons import clock
from diptych.commons.refusal import Kind, Reason, deny
from diptych.culture.domain.catalogue.operations.synchronising import BadLine, LineProblem, synchronise
from diptych.culture.domain.catalogue.terms import EanLine
from diptych.culture.domain.venues.terms import PARTNER_VENUE_MISSING

router = Router(tags=["Product Offer Bulk Operations"])

LENGTH_NEEDED = Reason("partners_api.length_needed", Kind.INVALID, "Say how long the lines are: Content-Length.")
LONGEST_LINE: Final = 4_096
_PIECE: Final = 65_536
_DO: Final = {
    LineProblem.MALFORMED: _("This line is not a work as the contract has it: {ean, stock: {price, quantity}}. Correct it."),
    LineProblem.UNKNOWN: _("No paper book, CD or vinyl record has this EAN here: check it, or make the thing one by one."),
    LineProblem.CLOSED: _("The team refused this offer, or examines it: wait, or write to it."),
    LineProblem.TOO_MANY: _("Too many lines: send this one and the next in another request."),
}


class Where(Schema):
    """At which venue."""

    venueId: Annotated[int, Field(ge=-(2**63), lt=2**63)]


class LineLeftOut(Schema):
    """A line that was left out, why, and what to do."""

    line: int
    ean: str
    code: LineProblem
    message: str


class StockSynchronised(Schema):
    """What became of the lines: works new at the venue, stocks that are another now (the others were so already), the first
    problems and how many there are."""

    lines: int
    made: int
    changed: int
    problemCount: int
    problems: list[LineLeftOut]


@router.post("/products/ean/lines", response=answers(400, 404, ok=StockSynchronised), operation_id="SynchroniseStock")
@partner
def lines(request: Calling, asked: Query[Where]) -> Any:
    """Bring a venue's stock to what is sent: a work a line, each as in `products` of PostProductOfferByEan, in JSON. A thousand
    are kept at a time; sent again, they change nothing twice."""
    who, at = request.auth, clock.now()
    if asked.venueId not in who.venue_ids:
        deny(PARTNER_VENUE_MISSING)
    if not request.META.get("CONTENT_LENGTH"):
        deny(LENGTH_NEEDED)
    done = synchronise(venue_id=asked.venueId, lines=_read(request, at), actor=who.actor, at=at)
    problems = [{"line": one.line, "ean": one.ean, "code": one.why, "message": gettext(_DO[one.why])} for one in done.problems]
    return {
        "lines": done.lines, "made": done.made, "changed": done.changed, "problemCount": done.problem_count, "problems": problems,
    }  # fmt: skip


def _read(request: HttpRequest, at: datetime) -> Iterator[EanLine | BadLine]:
    for number, line in enumerate(_lines(request), start=1):
        if line is None:
            yield BadLine(number)
            continue
        try:
            work = ProductOfferByEanCreation.model_validate_json(line)
        except ValidationError:
            yield BadLine(number)
        else:
            yield line_of(work, at)


def _lines(request: HttpRequest) -> Iterator[bytes | None]:
    "Lines as they come, a piece of the body at a time; None for one that is too long, of which nothing is kept."
    rest, is_long = b"", False
    while piece := request.read(_PIECE):
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            if line.strip() or is_long:
                yield None if is_long or len(line) > LONGEST_LINE else line
            is_long = False
        if len(rest) > LONGEST_LINE:
            rest, is_long = b"", True
    if rest.strip() or is_long:
        yield None if is_long or len(rest) > LONGEST_LINE else rest
