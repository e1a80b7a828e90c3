"""Why a result stands where it does: for a question and an offer, each signal of the order, its weight, and their sum.

Reads the index and the shelves; looks up nobody. Does not hold the weights (`culture.search.ranking`).
"""

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .asking import MOST_ID

from diptych.commons import clock
from diptych.commons.web.doors import door
from diptych.culture.domain.catalogue import queries as catalogue
from diptych.culture.domain.catalogue.queries import Criteria
from diptych.culture.domain.people.terms import Audience
from diptych.culture.search.answering import our_library, question_of
from diptych.culture.search.explaining import Explanation, explain

SIGNALS: Final = {
    "text": _("Words"), "distance": _("Distance"), "freshness": _("Published lately"), "soon": _("Soon"),
    "popularity": _("Popularity"), "highlight": _("Chosen by editors"),
}  # fmt: skip
REACHES: Final = {
    "exact": _("every word was found as it was typed"),
    "typos": _("no offer has every word: they were looked for as if mistyped"),
    "some": _("no offer has every word, even mistyped: half of them were enough"),
    "nothing": _("nothing is found: no offer has even half of these words, mistyped or not"),
}


class ExplainForm(forms.Form):
    """A question as a young person asks it, and the offer that one wonders about."""

    text = forms.CharField(
        label=_("What is typed"), max_length=catalogue.LONGEST_TEXT, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    offer = forms.IntegerField(label=_("Number of the offer"), min_value=1, max_value=MOST_ID)
    near = forms.CharField(label=_("Around (a town or postcode)"), required=False, max_length=80)


@door(Audience.STAFF)
@never_cache
@require_safe
def explained(request: HttpRequest) -> HttpResponse:
    """The sum of signals for a question and an offer."""
    at, form = clock.now(), ExplainForm(request.GET or None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        asked = form.cleaned_data
        towns = catalogue.communes_like(text=asked["near"], limit=1)
        opened = our_library().opened(at=at.timestamp())
        if asked["near"] and not towns:
            form.add_error("near", _("No town has this name or postcode."))
        elif opened is None:
            context["no_index"] = True
        else:
            criteria = Criteria(text=asked["text"], commune=towns[0].insee if towns else "")
            told = explain(opened.searcher, question_of(criteria, at=at), offer_id=asked["offer"], at=at)
            context |= {
                "told": told,
                "town": towns[0].name if towns else "",
                "reach": REACHES[told.reach],
                "lines": _lines(told),
                "query": _others(request),
            }
    return render(request, "backoffice/search.html", context)


def _lines(told: Explanation) -> list[tuple[Any, float, float, float]]:
    "Each signal as the table writes it, the heaviest first."
    ordered = sorted(told.lines, key=lambda line: -line.worth)
    return [(SIGNALS[line.signal], line.value, line.weight, line.worth) for line in ordered]


def _others(request: HttpRequest) -> str:
    "The question without its offer, for the same asked of another."
    given = request.GET.copy()
    given.pop("offer", None)
    return given.urlencode()
