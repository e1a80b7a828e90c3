"""The editors' shelves as somebody sees them: those that are live and for them, each with its cards; and a draft's preview.

PostgreSQL answers: a shelf needs no search index. Does not hold the home's own shelves (catalogue), nor Wagtail's screens.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from wagtail.models import Revision

from ..models import Shelf
from ..rules.shelves import FEWEST, MOST_SHELVES, days_of, fits
from ..terms import SHELF_MISSING, Days, ShelfKind, Target, Viewer

from diptych.commons.refusal import deny
from diptych.culture.domain.catalogue.queries.cards import OfferCard, cards_of
from diptych.culture.domain.catalogue.queries.home import MOST_CARDS, WALK_KM, varied_cards
from diptych.culture.domain.catalogue.queries.search import Criteria, search
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.rules import age_on, day_at

HERE_KM = 30
"""How far “near who looks” goes where they gave a position; their département otherwise."""
MOST_OF_A_PAGE = 60


@dataclass(frozen=True, slots=True)
class ShelfShown:
    """A shelf with what is on it. `has_page`: there is more to see than the row. `is_draft`: shown by a preview alone."""

    id: int
    title: str
    hint: str
    kind: ShelfKind
    cards: list[OfferCard]
    text: str = ""
    video_url: str = ""
    has_page: bool = True
    is_draft: bool = False


def viewer_of(*, person_id: int | None, latitude: float | None, longitude: float | None, at: datetime) -> Viewer:
    """Somebody as shelves see them: their age and département where they are known."""
    row = Person.objects.filter(pk=person_id or 0).values_list("validated_birth_date", "birth_date", "department").first()
    if row is None:
        return Viewer(latitude=latitude, longitude=longitude)
    born, department = row[0] or row[1], row[2]
    age = age_on(born, day_at(at, department)) if born else None
    return Viewer(age, department, latitude, longitude)


def shelves_for(*, viewer: Viewer, at: datetime) -> list[ShelfShown]:
    """The live shelves that are for somebody, in the editors' order; one with too little to show is left out."""
    return list(_filled(_live(at), viewer, at))


def shelf_page(*, shelf_id: int, viewer: Viewer, at: datetime) -> ShelfShown:
    """One live shelf, whole. Whoever has its address may see it, whomever it is for. Refuses one that is not live."""
    shelf = next((one for one in _live(at) if one.pk == shelf_id), None)
    if shelf is None:
        deny(SHELF_MISSING)
    return _shown(shelf, viewer, at, most=MOST_OF_A_PAGE)


def preview(*, viewer: Viewer, at: datetime, shelf_id: int | None) -> list[ShelfShown]:
    """The home's shelves as somebody would see them at an instant, and among them a shelf's latest draft as if it were live,
    whomever it is for and however little it shows. Refuses an unknown shelf."""
    live = [shelf for shelf in _live(at) if shelf.pk != shelf_id]
    if shelf_id is None:
        return list(_filled(live, viewer, at))
    row = Shelf.objects.filter(pk=shelf_id).first()
    if row is None:
        deny(SHELF_MISSING)
    draft: Shelf = row.get_latest_revision_as_object()
    mine = [_shown(draft, viewer, at, is_draft=True)]
    before = [one for one in live if (one.position, one.pk) < (draft.position, draft.pk)]
    return [*_filled(before, viewer, at), *mine, *_filled([one for one in live if one not in before], viewer, at)]


def _live(at: datetime) -> list[Shelf]:
    """What editors show at an instant: the live rows, with versions whose date has come in their place, though nobody has
    published them yet; what has expired is left out."""
    shown = {shelf.pk: shelf for shelf in Shelf.objects.filter(Q(expire_at=None) | Q(expire_at__gt=at), live=True)}
    kind = ContentType.objects.get_for_model(Shelf)
    for due in Revision.objects.filter(base_content_type=kind, approved_go_live_at__lte=at).order_by("approved_go_live_at"):
        shelf = due.as_object()
        shown.pop(shelf.pk, None)
        if shelf.expire_at is None or shelf.expire_at > at:
            shown[shelf.pk] = shelf
    return sorted(shown.values(), key=lambda shelf: (shelf.position, shelf.pk))


def _filled(shelves: list[Shelf], viewer: Viewer, at: datetime) -> Iterator[ShelfShown]:
    left = MOST_SHELVES
    for shelf in shelves:
        if left and fits(target_of(shelf), viewer):
            shown = _shown(shelf, viewer, at)
            if len(shown.cards) >= FEWEST[shown.kind]:
                left -= 1
                yield shown


def target_of(shelf: Shelf) -> Target:
    """Whom a shelf is for."""
    return Target(shelf.ages_from, shelf.ages_to, frozenset(shelf.departments))


def _shown(shelf: Shelf, viewer: Viewer, at: datetime, *, most: int = MOST_CARDS, is_draft: bool = False) -> ShelfShown:
    kind = ShelfKind(shelf.kind)
    cards = _cards(shelf, kind, viewer, at, most)
    return ShelfShown(
        shelf.pk, shelf.title, shelf.hint, kind, cards, shelf.text, shelf.video_url,
        has_page=bool(shelf.text or shelf.video_url) or len(cards) == MOST_CARDS, is_draft=is_draft,
    )  # fmt: skip


def _cards(shelf: Shelf, kind: ShelfKind, viewer: Viewer, at: datetime, most: int) -> list[OfferCard]:
    if shelf.offers:
        return cards_of(ids=shelf.offers, at=at)[:most]
    if kind is ShelfKind.VENUE:
        return (
            search(criteria=Criteria(venue_id=shelf.venue_id, sort="date"), at=at, per_page=most).cards if shelf.venue_id else []
        )
    if kind in {ShelfKind.HAND_PICKED, ShelfKind.HIGHLIGHT} or (
        kind in {ShelfKind.STORY, ShelfKind.VIDEO} and not (shelf.search_text or shelf.search_group)
    ):
        return []
    criteria = criteria_of(shelf, kind, viewer, at)
    return varied_cards(criteria, at, most=most) if criteria is not None else []


def criteria_of(shelf: Shelf, kind: ShelfKind, viewer: Viewer, at: datetime) -> Criteria | None:
    """What a shelf looks for on somebody's behalf; None where it needs a place and they have none."""
    here = shelf.search_here or kind is ShelfKind.AROUND_ME
    days = Days.WEEKEND if kind is ShelfKind.WEEKEND else Days(shelf.search_days)
    first, last = days_of(days, day_at(at, viewer.department))
    positioned = viewer.latitude is not None and viewer.longitude is not None
    if kind is ShelfKind.AROUND_ME and not positioned and not viewer.department:
        return None
    return Criteria(
        text=shelf.search_text,
        group=shelf.search_group,
        latitude=viewer.latitude if here else None,
        longitude=viewer.longitude if here else None,
        radius_km=WALK_KM * 4 if kind is ShelfKind.AROUND_ME else HERE_KM,
        department=viewer.department if here and not positioned else "",
        from_day=first,
        to_day=last,
        max_price_cents=None if shelf.search_price is None else shelf.search_price * 100,
        free=shelf.search_price == 0,
        duo=shelf.search_duo,
        sort="distance" if kind is ShelfKind.AROUND_ME and positioned else "date" if first else "relevance",
    )
