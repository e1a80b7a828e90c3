"""The perimeter: which places of care a request asks about, chosen in their tree."""

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..desk import reach, store
from .seen import account_of, kept_of, read_of

from diptych.commons import clock
from diptych.commons.web.doors import door
from diptych.health.warehouse.research.accounts.terms import EVERYBODY
from diptych.health.warehouse.research.questions import operations


@dataclass
class Branch:
    """A place in the tree, as it is drawn."""

    id: int
    name: str
    chosen: bool
    open: bool = False
    inside: "list[Branch]" = field(default_factory=list)


def _tree(allowed: frozenset[int], chosen: frozenset[int]) -> list[Branch]:
    "The places that an account may ask about; branches that hold a chosen place are open."
    places = store().places
    branches = {id_: Branch(id_, places[id_].name, id_ in chosen) for id_ in places if id_ in allowed}
    tops: list[Branch] = []
    for id_, branch in branches.items():
        above = places[id_].above
        (branches[above].inside if above in branches else tops).append(branch)

    def settle(branch: Branch) -> bool:
        inside = [settle(one) for one in branch.inside]
        branch.open = any(inside)
        return branch.chosen or branch.open

    for top in tops:
        settle(top)
        top.open = True
    return tops


@door(*EVERYBODY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def perimeter(request: HttpRequest, question_id: int) -> HttpResponse:
    """Choose places; a place stands for all those inside it."""
    kept, account = kept_of(request, question_id), account_of(request)
    asked = read_of(kept)
    allowed = frozenset(reach(tuple(account.care_sites), account))
    if request.method == "POST":
        sent = request.POST
        sites = tuple(
            int(text) for text in sent.getlist("place_of_care") if text.isdecimal() and len(text) < 19 and int(text) in allowed
        )
        place = int(sent["place"]) if sent.get("place", "").isdecimal() and len(sent["place"]) < 10 else 0
        operations.apply(
            question_id=question_id, account_id=account.pk, place=place, at=clock.now(), gesture="within", sites=sites
        )
        return redirect("cohorts:board", question_id)
    return render(request, "cohorts/perimeter.html", {"kept": kept, "tree": _tree(allowed, frozenset(asked.care_sites))})
