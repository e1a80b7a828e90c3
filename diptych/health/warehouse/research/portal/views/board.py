"""The board: a request as cards, edited by gestures; each answer is the whole board, with its counts."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ..cards import sites_named
from ..desk import store
from ..finding import chosen, search
from ..forms import changed, editor_of, kinds_shown, new_card
from ..pictures import pyramid_of
from ..refusals import drawn_by
from ..showing import how_to_read
from ..words import KINDS, items_of, kind_of
from .definition import definition
from .seen import Seen, account_of, criterion_of, kept_of, read_of, seen

from diptych.commons import clock
from diptych.commons.refusal import Refusal, deny
from diptych.commons.web.doors import door
from diptych.commons.web.refusals import sentence
from diptych.health.warehouse.research.accounts.terms import EVERYBODY
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.wire.cohort360 import walk
from diptych.health.warehouse.research.questions import operations
from diptych.health.warehouse.research.questions.terms import NO_CARD, Form


def _number(text: str | None) -> int | None:
    return int(text) if text and text.lstrip("-").isdecimal() and len(text) < 10 else None


@door(*EVERYBODY)
@never_cache
@require_safe
def board(request: HttpRequest, question_id: int) -> HttpResponse:
    """A request, with its counts; `?ouvrir=` opens a card's editor."""
    kept = kept_of(request, question_id)
    if kept.form is Form.DEFINITION:
        return definition(request, kept)
    return drawn(request, seen(request, kept), open_card=_number(request.GET.get("ouvrir")))


def drawn(
    request: HttpRequest,
    one: Seen,
    *,
    open_card: int | None = None,
    editor: Any = None,
    query: str = "",
    under: int | None = None,
    refused: str = "",
    relation: tuple[int, int] | None = None,
) -> HttpResponse:
    """The board's page, or the board alone where htmx asks for it."""
    found = one.board()
    kept, opened = one.kept, one.opened
    context: dict[str, Any] = {
        "kept": kept, "board": found, "kinds": kinds_shown(), "showing": one.showing, "place": kept.place, "account": account_of(request),
        "note": how_to_read(exact=one.showing.exact, seconds=one.looked.seconds), "release": opened.release,
        "perimeter": sites_named(opened.places, one.request.care_sites), "unknown": one.looked.look.unknown,
        "open_card": open_card, "pyramid": None, "refused": refused, "relation_group": relation and relation[0], "relation_place": relation and relation[1],
    }  # fmt: skip
    if one.looked.look.persons is not None:
        context["pyramid"] = pyramid_of(opened, one.looked.look.persons, one.showing)
    if open_card is not None:
        basic = next((held for held in walk(one.request.member) if held.id == open_card), None) if one.request.member else None
        if isinstance(basic, n.Basic) and (kind := kind_of(basic)) is not None:
            context |= {
                "editor": editor or editor_of(one.request, basic), "kind": kind, "query": query,
                "chosen": chosen(opened, items_of(one.request, basic)),
                "results": search(opened, kind, query=query, under=under, without=items_of(one.request, basic)),
            }  # fmt: skip
    # Whoever edits a field keeps the focus there; the search has it when an editor opens.
    context["just_opened"] = request.resolver_match is None or request.resolver_match.url_name != "card"
    whole = request.headers.get("HX-Request") != "true"
    return render(request, "cohorts/board.html" if whole else "cohorts/parts/board.html", context)


def _refused(request: HttpRequest, refusal: Refusal, question_id: int) -> HttpResponse:
    "The board as it stands, with what was refused."
    return drawn(request, seen(request, kept_of(request, question_id)), refused=sentence(refusal))


def _answered(
    request: HttpRequest, question_id: int, open_card: int | None = None, relation: tuple[int, int] | None = None
) -> HttpResponse:
    "The board as it is now, `relation` (of a group, by its place) still being changed: drawn for htmx, else by its own address."
    if request.headers.get("HX-Request") == "true":
        return drawn(request, seen(request, kept_of(request, question_id)), open_card=open_card, relation=relation)
    opened = "" if open_card is None else f"?ouvrir={open_card}#carte-{open_card}"
    return redirect(reverse("cohorts:board", args=[question_id]) + opened)


def _facts(request: HttpRequest, gesture: str) -> dict[str, Any]:
    "What a gesture needs, from what was sent."
    sent = request.POST
    card = _number(sent.get("card")) or 0
    readers: dict[str, Callable[[], dict[str, Any]]] = {
        "add": lambda: {"to": card, "card": _new(sent.get("kind", ""))},
        "remove": lambda: {"card": card},
        "turn": lambda: {"card": card},
        "wrap": lambda: {"card": card},
        "up": lambda: {"card": card, "by": -1},
        "down": lambda: {"card": card, "by": 1},
        "join": lambda: {"card": card, "join": _one_of(n.Join, sent.get("join", "")), "count": _number(sent.get("count")) or 1},
        "relate": lambda: {
            "cards": _cards([sent.get("first", ""), *sent.getlist("then")]),
            "tie": _one_of(n.Tie, sent["tie"]) if sent.get("tie") else None,
            "least": _days(sent.get("least")), "most": _days(sent.get("most")),
        },
        "reorder": lambda: {
            "card": card, "relation": _number(sent.get("relation")) or 0, "cards": _cards(sent.getlist("cards")),
            "least": _days(sent.get("least")), "most": _days(sent.get("most")),
        },
        "unrelate": lambda: {"card": card, "relation": _number(sent.get("relation")) or 0},
    }  # fmt: skip
    if gesture not in readers:
        deny(NO_CARD)
    return readers[gesture]()


def _days(text: str | None) -> int | None:
    found = _number(text)
    return None if found is None else max(0, min(found, 36_500))


def _cards(texts: list[str]) -> tuple[int, ...]:
    "Cards in their order, without the places left empty."
    return tuple(_number(text) or 0 for text in texts if text)


def _one_of(words: Any, text: str) -> Any:
    try:
        return words(text)
    except ValueError:
        deny(NO_CARD)


def _new(kind: str) -> n.Basic | n.Together:
    if kind == "group":
        return n.Together(0, n.Join.OR, ())
    if kind not in KINDS:
        deny(NO_CARD)
    return new_card(KINDS[kind])


@door(*EVERYBODY)
@require_POST
@drawn_by(_refused)
def gesture(request: HttpRequest, question_id: int) -> HttpResponse:
    """One gesture: add, remove, turn, wrap, up, down, join, relate, reorder, unrelate."""
    asked = request.POST.get("gesture", "")
    facts = _facts(request, asked)
    name = "move" if asked in {"up", "down"} else asked
    before = kept_of(request, question_id)
    place = _number(request.POST.get("place"))
    after = operations.apply(
        question_id=question_id,
        account_id=account_of(request).pk,
        place=-1 if place is None else place,
        at=clock.now(),
        gesture=name,
        **facts,
    )
    opened = None
    if name == "add" and isinstance(facts["card"], n.Basic) and after.member is not None:
        known = _ids(before.asked.get("request"))
        opened = next((one.id for one in walk(after.member) if one.id not in known), None)
    relation = (facts["card"], facts["relation"]) if name == "reorder" else None
    return _answered(request, question_id, opened, relation)


def _ids(member: Any) -> set[int]:
    "The ids of a kept request's cards."
    if not member:
        return set()
    return {member["_id"]}.union(*(_ids(one) for one in member.get("criteria", ())))


@door(*EVERYBODY)
@require_POST
@drawn_by(_refused)
def card(request: HttpRequest, question_id: int, card: int) -> HttpResponse:
    """What a criterion's editor says. Where a field is wrong the board comes back with the editor, which says so."""
    kept = kept_of(request, question_id)
    asked = read_of(kept)
    basic = criterion_of(asked, card)
    editor = editor_of(asked, basic, request.POST)
    if editor is None:
        deny(NO_CARD)
    query = request.POST.get("q", "")[:80]
    if not editor.is_valid():
        return drawn(request, seen(request, kept), open_card=card, editor=editor, query=query)
    concepts = [id_ for text in request.POST.getlist("concept") if (id_ := _number_of_concept(text)) is not None]
    items = tuple(n.Item(id_, descendants=editor.cleaned_data.get("below", False)) for id_ in dict.fromkeys(concepts))
    kept_items = tuple(item for item in items_of(asked, basic) if item.excluded or item.mapped)
    operations.apply(
        question_id=question_id, account_id=account_of(request).pk, place=_number(request.POST.get("place")) or 0, at=clock.now(), gesture="replace",
        card=changed(basic, editor.cleaned_data), items=(*items, *(item for item in kept_items if item.concept_id not in concepts)),
    )  # fmt: skip
    close = "close" in request.POST
    if request.headers.get("HX-Request") == "true":
        after = seen(request, kept_of(request, question_id))
        return drawn(request, after, open_card=None if close else card, query=query)
    return _answered(request, question_id, None if close else card)


def _number_of_concept(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 and int(text) in store().concepts else None


@door(*EVERYBODY)
@never_cache
@require_safe
def concepts(request: HttpRequest, question_id: int, card: int) -> HttpResponse:
    """Concepts of a criterion's kind: those that a few letters find, or those below another."""
    kept = kept_of(request, question_id)
    one = read_of(kept)
    basic = criterion_of(one, card)
    kind = kind_of(basic)
    if kind is None:
        deny(NO_CARD)
    query, under = request.GET.get("q", "")[:80], _number(request.GET.get("sous"))
    found = search(store(), kind, query=query, under=under, without=items_of(one, basic))
    context = {"results": found, "kept": kept, "open_card": card, "query": query}
    if request.headers.get("HX-Request") == "true":
        return render(request, "cohorts/parts/concepts.html", context)
    return drawn(request, seen(request, kept), open_card=card, query=query, under=under)


@door(*EVERYBODY)
@require_POST
@drawn_by(_refused)
def undo(request: HttpRequest, question_id: int) -> HttpResponse:
    """Go back one edit."""
    operations.undo(question_id=question_id, account_id=account_of(request).pk, at=clock.now())
    return _answered(request, question_id)


@door(*EVERYBODY)
@require_POST
@drawn_by(_refused)
def redo(request: HttpRequest, question_id: int) -> HttpResponse:
    """Go forward one edit."""
    operations.redo(question_id=question_id, account_id=account_of(request).pk, at=clock.now())
    return _answered(request, question_id)
