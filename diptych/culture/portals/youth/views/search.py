"""Search: every filter of the catalogue, and "around me" by the browser's position or by the name of a town."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from .. import words
from ..forms import PositionForm, SearchForm
from ..pages import department_of, keep_position, page, position_of

from diptych.commons import clock
from diptych.commons.web.doors import VISITOR, door
from diptych.commons.web.rollout import is_open
from diptych.culture.domain.catalogue import queries as catalogue
from diptych.culture.domain.catalogue.queries import CommuneFound, Criteria
from diptych.culture.domain.people import queries as people
from diptych.culture.search import answering as engine
from diptych.culture.search import beside

PER_PAGE = 24
DEEPEST = 100


@door(VISITOR)
def search(request: HttpRequest) -> HttpResponse:
    """Results, and the filters that made them."""
    weekend = _weekend(request)
    given = request.GET.copy()
    if given.get("when") == "weekend":
        given["since"], given["until"] = (day.isoformat() for day in weekend)
    form = SearchForm(given)
    asked, here = form.answers(), position_of(request)
    communes = catalogue.communes_like(text=asked["near"], limit=5) if asked["near"] else []
    commune = _chosen(communes, asked["commune"] or "")
    around = bool(asked["around"]) and here is not None and commune is None
    criteria = Criteria(
        text=asked["q"] or "",
        group=asked["group"] or "",
        subcategories=tuple(asked["kind"] or ()),
        latitude=here.latitude if around and here else commune.latitude if commune else None,
        longitude=here.longitude if around and here else commune.longitude if commune else None,
        radius_km=asked["radius"] or 20,
        commune="" if commune else asked["commune"] or "",
        department=asked["department"] or "",
        from_day=asked["since"],
        to_day=asked["until"],
        max_price_cents=None if asked["price"] is None else asked["price"] * 100,
        free=bool(asked["free"]),
        duo=bool(asked["duo"]),
        accessible=tuple(asked["access"] or ()),
        sort=asked["sort"] or ("distance" if around and not asked["q"] else "relevance"),
    )
    wanted, after, at = number_of(request), request.GET.get("after", ""), clock.now()
    found = engine.search(
        criteria=criteria,
        at=at,
        page=wanted,
        per_page=PER_PAGE,
        after=after,
        facets=True,
        tried=bool(is_open(request, "youth.search_ranking")),
    )
    form.count(found.facets)
    context: dict[str, Any] = {
        "form": form,
        "found": found,
        "venues": beside.venues(criteria=criteria, at=at) if wanted == 1 and not after else [],
        "shown": [(card, words.elsewhere(found.elsewhere.get(card.id))) for card in found.cards],
        "page": Paginator(range(found.total), PER_PAGE).get_page(found.page),
        "more": form.more(),
        "commune": commune,
        "others": [other for other in communes if other != commune],
        "place_unknown": bool(asked["near"]) and not communes,
        "asks_place": bool(asked["around"]) and not around and commune is None,
        "around": around,
        "groups": words.GROUPS,
        "is_weekend": (asked["since"], asked["until"]) == weekend,
        "is_free": bool(asked["free"]),
    }
    return page(request, "search", context)


def number_of(request: HttpRequest) -> int:
    """The page that is asked for, by its number."""
    number = request.GET.get("page", "1")
    return min(int(number), DEEPEST) if number.isdecimal() and number.isascii() and len(number) < 5 else 1


def _chosen(found: list[CommuneFound], insee: str) -> CommuneFound | None:
    "The commune that was picked among those found, else the first."
    return next((commune for commune in found if commune.insee == insee), found[0] if found else None)


def _weekend(request: HttpRequest) -> tuple[date, date]:
    "This week-end's days, by the reader's clock."
    today = clock.now().astimezone(ZoneInfo(people.zone_name(department=department_of(request)))).date()
    saturday = today if today.weekday() == 6 else today + timedelta(days=5 - today.weekday())
    return saturday, saturday if today.weekday() == 6 else saturday + timedelta(days=1)


@door(VISITOR)
@require_POST
def here(request: HttpRequest) -> HttpResponse:
    """Keep the position that the browser gave, for this session, and search around it."""
    form = PositionForm(request.POST)
    if form.is_valid():
        keep_position(request, form.cleaned_data["latitude"], form.cleaned_data["longitude"])
    return HttpResponseRedirect(f"{reverse('youth:search')}?around=1")
