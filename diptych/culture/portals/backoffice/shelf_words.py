"""Words of the editor's screens: kinds of shelf, of offers, of days; whom the home is previewed as; how a remark is said."""

from typing import Any, Final, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diptych.culture.domain.editorial.terms import Days, Field, Finding, ShelfKind

KINDS: Final = {
    ShelfKind.HAND_PICKED: _("offers chosen by hand"),
    ShelfKind.HIGHLIGHT: _("put forward: one to three offers"),
    ShelfKind.QUERY: _("a stored search"),
    ShelfKind.AROUND_ME: _("around who looks"),
    ShelfKind.WEEKEND: _("this week-end"),
    ShelfKind.VENUE: _("a venue"),
    ShelfKind.THEME: _("a theme"),
    ShelfKind.VIDEO: _("a video"),
    ShelfKind.STORY: _("a story"),
}
GROUPS: Final = {
    "": _("every kind"), "CINEMA": _("cinema"), "CONCERT": _("concerts"), "FESTIVAL": _("festivals"), "SHOWS": _("shows"),
    "BOOKS": _("books"), "MUSIC": _("recorded music"), "MUSEUM": _("museums"), "VISITS": _("visits"), "WORKSHOP": _("workshops"),
    "CLASSES": _("classes"), "GAMES": _("games"), "MEETINGS": _("meet-ups"), "FILMS": _("films at home"),
    "INSTRUMENT": _("instruments"), "FINE_ARTS": _("art supplies"), "MEDIA": _("press"), "PLATFORM": _("online platforms"),
}  # fmt: skip
DAYS: Final = {
    Days.ANY: _("any day"), Days.TODAY: _("today"), Days.WEEKEND: _("the next week-end"), Days.WEEK: _("within 7 days"),
    Days.MONTH: _("within 30 days"),
}  # fmt: skip
FIELDS: Final = {Field.TITLE: _("title"), Field.HINT: _("why it is there"), Field.TEXT: _("text")}


class AsWhom(NamedTuple):
    """Somebody whom the home is often previewed as."""

    age: int
    department: str
    said: Any


VIEWERS: Final = (
    AsWhom(16, "976", _("a 16-year-old in Mayotte")),
    AsWhom(17, "42", _("a 17-year-old in the Loire")),
    AsWhom(18, "75", _("an 18-year-old in Paris")),
)


class Remark(NamedTuple):
    """A finding in the editor's language."""

    where: str
    excerpt: str
    asks: str
    instead: str
    rule: str
    place: int


def remark(found: Finding) -> Remark:
    """A finding of the tone guide, said."""
    return Remark(str(FIELDS[found.field]), found.excerpt, gettext(found.asks), found.instead, found.rule, found.start + 1)


def whom_of(shelf: Any) -> str:
    """Whom a shelf is for, said."""
    ages = [str(age) for age in (shelf.ages_from, shelf.ages_to) if age is not None]
    said = [gettext("ages {ages}").format(ages="–".join(dict.fromkeys(ages)))] if ages else []
    return ", ".join([*said, *shelf.departments]) or gettext("everybody")


def kind_of(shelf: Any) -> str:
    """A shelf's kind, said."""
    return str(KINDS[ShelfKind(shelf.kind)])
