"""Shelves: what would break one, whom it is for, which days it means; and the tone guide, rule by rule."""

from datetime import date, timedelta

import pytest

from diptych.culture.domain.editorial import terms
from diptych.culture.domain.editorial.rules.shelves import FEWEST, days_of, fits, why_not_keep
from diptych.culture.domain.editorial.rules.tone import AVOIDED, BEST_LENGTH, TONE, check
from diptych.culture.domain.editorial.terms import Days, Field, ShelfFacts, ShelfKind, Target, ToneRule, Viewer
from diptych.culture.domain.people.rules import BORROWED, allows_borrowed
from diptych.culture.domain.people.terms import StaffRole
from diptych.culture.site.world.shelves import DRAFT, LIVE, NEXT_WEEK

ON = date(2026, 11, 27)


def faults(facts: ShelfFacts) -> list[tuple[str, str]]:
    """What would break a shelf, as field and code."""
    return [(field, refusal.reason.code) for field, refusal in why_not_keep(facts)]


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (ShelfFacts(ShelfKind.WEEKEND), []),
        (ShelfFacts(ShelfKind.AROUND_ME), []),
        (ShelfFacts(ShelfKind.HAND_PICKED), [("offers", "editorial.offers_missing")]),
        (ShelfFacts(ShelfKind.HIGHLIGHT), [("offers", "editorial.offers_missing")]),
        (ShelfFacts(ShelfKind.HIGHLIGHT, offers=(3,)), []),
        (ShelfFacts(ShelfKind.HAND_PICKED, offers=tuple(range(61))), [("offers", "editorial.too_many_offers")]),
        (ShelfFacts(ShelfKind.VENUE), [("venue", "editorial.venue_missing")]),
        (ShelfFacts(ShelfKind.VENUE, has_venue=True), []),
        (ShelfFacts(ShelfKind.QUERY), [("search_text", "editorial.query_missing")]),
        (ShelfFacts(ShelfKind.THEME), [("search_text", "editorial.query_missing")]),
        (ShelfFacts(ShelfKind.THEME, has_query=True), []),
        (ShelfFacts(ShelfKind.STORY, text=" \n"), [("text", "editorial.text_missing")]),
        (ShelfFacts(ShelfKind.STORY, text="Un soir"), []),
        (ShelfFacts(ShelfKind.VIDEO), [("video_url", "editorial.video_missing")]),
        (ShelfFacts(ShelfKind.VIDEO, video_url="http://a.example/v"), [("video_url", "editorial.video_insecure")]),
        (ShelfFacts(ShelfKind.VIDEO, video_url="https://a.example/v"), []),
        (ShelfFacts(ShelfKind.WEEKEND, video_url="javascript:alert(1)"), [("video_url", "editorial.video_insecure")]),
    ],
)  # fmt: skip
def test_each_kind_needs_its_own(facts: ShelfFacts, found: list[tuple[str, str]]) -> None:
    assert faults(facts) == found


@pytest.mark.parametrize(
    ("target", "found"),
    [
        (Target(15, 18, frozenset({"976", "2A"})), []),
        (Target(16, 16), []),
        (Target(18, 15), [("ages_to", "editorial.ages_reversed")]),
        (Target(9, None), [("ages_from", "editorial.ages_out_of_range")]),
        (Target(None, 22), [("ages_from", "editorial.ages_out_of_range")]),
        (Target(None, None, frozenset({"20", "42", "ZZ"})), [("departments", "editorial.departments_unknown")]),
    ],
)  # fmt: skip
def test_whom_a_shelf_may_aim_at(target: Target, found: list[tuple[str, str]]) -> None:
    assert faults(ShelfFacts(ShelfKind.WEEKEND, target=target)) == found


def test_the_refusal_names_the_départements_that_are_none() -> None:
    (fault,) = why_not_keep(ShelfFacts(ShelfKind.WEEKEND, target=Target(None, None, frozenset({"20", "42", "ZZ"}))))
    assert dict(fault[1].facts) == {"codes": "20, ZZ"}


@pytest.mark.parametrize(
    ("target", "viewer", "fit"),
    [
        (Target(), Viewer(), True),
        (Target(departments=frozenset({"976"})), Viewer(16, "976"), True),
        (Target(departments=frozenset({"976"})), Viewer(16, "42"), False),
        (Target(departments=frozenset({"976"})), Viewer(), False),
        (Target(15, 17), Viewer(15, "42"), True),
        (Target(15, 17), Viewer(17, "42"), True),
        (Target(15, 17), Viewer(14, "42"), False),
        (Target(15, 17), Viewer(18, "42"), False),
        (Target(15, None), Viewer(21), True),
        (Target(None, 17), Viewer(12), True),
        (Target(15, 17), Viewer(None, "42"), False),
    ],
)  # fmt: skip
def test_whom_a_shelf_is_for(target: Target, viewer: Viewer, fit: bool) -> None:
    assert fits(target, viewer) is fit


FRIDAY = date(2026, 11, 27)
SATURDAY, SUNDAY, MONDAY = (FRIDAY + timedelta(days=n) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("days", "today", "first", "last"),
    [
        (Days.ANY, FRIDAY, None, None),
        (Days.TODAY, FRIDAY, FRIDAY, FRIDAY),
        (Days.WEEKEND, FRIDAY, SATURDAY, SUNDAY),
        (Days.WEEKEND, SATURDAY, SATURDAY, SUNDAY),
        (Days.WEEKEND, SUNDAY, SUNDAY, SUNDAY),
        (Days.WEEKEND, MONDAY, MONDAY + timedelta(days=5), MONDAY + timedelta(days=6)),
        (Days.WEEK, FRIDAY, FRIDAY, FRIDAY + timedelta(days=7)),
        (Days.MONTH, FRIDAY, FRIDAY, FRIDAY + timedelta(days=30)),
    ],
)
def test_the_days_that_a_stored_query_means(days: Days, today: date, first: date | None, last: date | None) -> None:
    assert days_of(days, today) == (first, last)


def test_each_kind_says_when_it_is_too_empty() -> None:
    assert set(FEWEST) == set(ShelfKind)


# ---- the tone guide


def remarks(text: str, field: Field = Field.TEXT) -> list[tuple[str, str]]:
    """What is remarked of one text, as rule and words."""
    return [(one.rule, one.excerpt) for one in check({field: text}, on=ON)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ce soir, viens voir un film près de chez toi.", []),
        ("Retrouve tes places", []),
        ("Votre soirée est prête", [("tu", "Votre")]),
        ("C’est fait pour vous, s’il vous plaît", [("tu", "vous"), ("tu", "s’il vous plaît")]),
        ("Découvrez la scène", [("orders", "Découvrez")]),
        ("Veuillez entrer", [("tu", "Veuillez")]),
        ("Assez près de chez Fernandez, au rez-de-chaussée", []),
        ("Les jeunes du quartier", [("words", "Les jeunes")]),
        ("Une soirée jeunesse", []),
        ("Ce dispositif est un bon plan", [("words", "dispositif"), ("words", "bon plan")]),
        ("TOUTES les séances", [("shouting", "TOUTES")]),
        ("Le TNP et la BNF", []),
        ("ÉCOUTE ça", [("shouting", "ÉCOUTE")]),
        ("Viens ! Vite !", [("exclamation", "!")]),
        ("Viens !", []),
        ("Viens !!", [("exclamation", "!!")]),
        ("Quoi ?!", [("exclamation", "?!")]),
        ("Un film 🎬", []),
        ("Un film 🎬 🍿", [("pictures", "🍿")]),
        ("Vois https://a.example/x et www.b.example", [("address", "https://a.example/x"), ("address", "www.b.example")]),
        ("Avec tes 300 € tu peux", []),
    ],
)  # fmt: skip
def test_the_guide_finds_what_it_would_say_otherwise(text: str, found: list[tuple[str, str]]) -> None:
    assert remarks(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ce soir", []),
        ("Ce soir.", [("full_stop", ".")]),
        ("Ce soir...", []),
        ("Viens !", [("exclamation", "!")]),
        ("🎬 au cinéma", [("pictures", "🎬")]),
        ("Dépense 300 €", [("sums", "300 €")]),
        ("Une place à 8 €", []),
        ("x" * 34, []),
        ("x" * 35, [("too_long", "x")]),
    ],
)
def test_a_title_is_read_more_closely(text: str, found: list[tuple[str, str]]) -> None:
    assert remarks(text, Field.TITLE) == found


def test_a_remark_says_where_and_what_to_say_instead() -> None:
    (one,) = check({Field.HINT: "Pour chaque bénéficiaire"}, on=ON)
    assert (one.field, one.start, one.end, one.instead) == (Field.HINT, 12, 24, "toi")


def test_remarks_come_in_the_order_of_reading() -> None:
    found = check({Field.TEXT: "Vous. Votre", Field.TITLE: "Pour vous !"}, on=ON)
    assert [(one.field, one.start) for one in found] == [
        (Field.TITLE, 5), (Field.TITLE, 10), (Field.TEXT, 0), (Field.TEXT, 6),
    ]  # fmt: skip


def test_a_rule_holds_from_its_day() -> None:
    later = ToneRule("later", ON + timedelta(days=1), "Later.", lambda field, text: [(0, 1)] if text else [])
    assert check({Field.TITLE: "a"}, on=ON, table=(later,)) == []
    assert len(check({Field.TITLE: "a"}, on=ON + timedelta(days=1), table=(later,))) == 1


def test_the_guide_is_in_order() -> None:
    assert len({rule.code for rule in TONE}) == len(TONE)
    assert set(BEST_LENGTH) == set(Field)
    assert BEST_LENGTH[Field.TITLE] <= terms.LONGEST_TITLE
    assert BEST_LENGTH[Field.HINT] <= terms.LONGEST_HINT
    assert all(word == word.lower() for word in AVOIDED)


def test_a_hostile_text_is_read_at_once() -> None:
    assert remarks("e" * 4000)[:1] == [("too_long", "e" * 40)]
    assert len(remarks("!" * 4000)) == 2


def test_the_demos_home_follows_the_guide_and_its_draft_does_not() -> None:
    for fields in (*LIVE, NEXT_WEEK):
        assert check({field: fields.get(field.value, "") for field in Field}, on=ON) == []
    found = {one.rule for one in check({field: DRAFT.get(field.value, "") for field in Field}, on=ON)}
    assert found == {"orders", "words", "shouting", "exclamation", "sums", "too_long", "tu"}


def test_borrowed_screens_ask_our_table_of_roles() -> None:
    assert all(allows_borrowed([StaffRole.PROGRAMMATION_MARKET], name) for name in BORROWED)
    assert not any(allows_borrowed([StaffRole.SUPPORT_N1], name) for name in BORROWED)
    assert not allows_borrowed(StaffRole, "auth.add_user"), "what the table does not name is nobody's"
