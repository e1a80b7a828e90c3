"""The editors' shelves: who sees which and when, versions and dates, the journal, the door kept by bookings, the editor's screens."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from diptych.commons.refusal import Refused
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.operations import book
from diptych.culture.domain.bookings.terms import Entry
from diptych.culture.domain.catalogue.models import Offer
from diptych.culture.domain.catalogue.models import Shelf as CatalogueShelf
from diptych.culture.domain.editorial import operations, queries
from diptych.culture.domain.editorial.models import Shelf
from diptych.culture.domain.editorial.terms import Viewer
from diptych.culture.domain.people.terms import StaffRole
from diptych.culture.jobs import publish_shelves
from diptych.culture.portals.youth.words import entry_of
from tests.culture import factories
from tests.culture.factories import AT

pytestmark = pytest.mark.django_db

FREE = {"title": "Entrée libre", "hint": "ton crédit ne bouge pas", "kind": "QUERY", "search_price": 0, "search_here": False}
LOIRE, MAYOTTE = Viewer(17, "42"), Viewer(16, "976")


@pytest.fixture
def editor() -> Any:
    """Somebody of the team who composes the home."""
    return factories.staff(staff_roles=[StaffRole.PROGRAMMATION_MARKET])


@pytest.fixture
def offers() -> list[Offer]:
    """Four free books, of as many venues."""
    return [factories.stock(of=factories.offer(name=f"Livre {n}"), price_cents=0).offer for n in range(4)]


def live(editor: Any, **fields: Any) -> int:
    """A shelf that is on the home."""
    number = operations.compose(by=editor.pk, fields=FREE | fields)
    operations.publish(shelf_id=number, by=editor.pk)
    return number


def titles(viewer: Viewer = LOIRE, at: datetime = AT) -> list[str]:
    """What somebody's home shows of the editors'."""
    return [row.title for row in queries.shelves_for(viewer=viewer, at=at)]


def acts() -> list[tuple[str, str, str]]:
    """What the journal says of shelves."""
    with connection.cursor() as cursor:
        cursor.execute("select act, actor, subject from journal_entry where act like 'editorial.%%' order by id")
        return list(cursor.fetchall())


def screen(client: Client, address: str) -> str:
    """A page of the editor's."""
    answer = client.get(f"/equipe/editorial/snippets/editorial/shelf/{address}", HTTP_ACCEPT="text/html")
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_the_home_shows_live_shelves_in_the_editors_order(editor: Any, offers: list[Offer]) -> None:
    live(editor, title="Deux", position=20)
    live(editor, title="Un", position=10)
    operations.compose(by=editor.pk, fields=FREE | {"title": "Brouillon", "position": 1})
    assert titles() == ["Un", "Deux"]
    page = factories.signed_in(factories.youth()).get("/").content.decode()
    assert page.index("Un</") < page.index("Deux</") and "Brouillon" not in page
    assert f"/offres/{offers[0].pk}/?de=rayon-" in page


def test_a_shelf_is_shown_to_those_whom_it_is_for(editor: Any, offers: list[Offer]) -> None:
    live(editor, title="Mayotte", departments=["976"])
    live(editor, title="Avant dix-sept ans", ages_to=16)
    assert titles(MAYOTTE) == ["Mayotte", "Avant dix-sept ans"]
    assert titles(LOIRE) == []
    assert titles(Viewer()) == []
    young = factories.youth(age=16, department="976", credit=False)
    seen = queries.viewer_of(person_id=young.pk, latitude=None, longitude=None, at=AT)
    assert (seen.age, seen.department) == (16, "976")


def test_too_little_to_show_is_not_shown(editor: Any, offers: list[Offer]) -> None:
    live(editor, title="Concerts", search_group="CONCERT")
    live(editor, title="Un seul", kind="HIGHLIGHT", offers=[offers[0].pk])
    live(editor, title="Deux choisis", kind="HAND_PICKED", offers=[one.pk for one in offers[:2]])
    live(editor, title="Un récit", kind="STORY", text="Un soir.")
    assert titles() == ["Un seul", "Un récit"]


def test_each_kind_finds_its_offers(editor: Any) -> None:
    at_home = factories.venue(name="Le Fil")
    saturday = datetime(2026, 11, 28, 19, tzinfo=UTC)
    for n in range(3):
        concert = factories.offer(at_venue=at_home, subcategory="CONCERT", name=f"Concert {n}", is_duo=True)
        factories.stock(of=concert, starts_at=saturday, booking_limit_at=saturday)
    live(editor, title="week-end", kind="WEEKEND", position=1)
    live(editor, title="autour", kind="AROUND_ME", position=2)
    live(editor, title="lieu", kind="VENUE", venue=at_home, position=3)
    live(editor, title="thème", kind="THEME", search_group="CONCERT", search_price=None, position=4)
    live(editor, title="à deux", kind="QUERY", search_duo=True, search_price=None, search_text="concert", position=5)
    live(
        editor,
        title="à la main",
        kind="HAND_PICKED",
        offers=list(Offer.objects.order_by("-pk").values_list("pk", flat=True)),
        position=6,
    )
    Shelf.objects.update(search_price=None)
    rows = {row.title: [card.name for card in row.cards] for row in queries.shelves_for(viewer=LOIRE, at=AT)}
    everything = {"Concert 0", "Concert 1", "Concert 2"}
    assert {title: set(cards) for title, cards in rows.items()} == dict.fromkeys(
        ("week-end", "autour", "lieu", "thème", "à deux", "à la main"), everything
    )
    assert rows["à la main"] == ["Concert 2", "Concert 1", "Concert 0"]
    assert "autour" not in titles(Viewer(17, "")), "around whom, where nobody said where they are"


def test_what_the_catalogue_keeps_is_shown_where_no_shelf_is_for_somebody(editor: Any, offers: list[Offer]) -> None:
    CatalogueShelf.objects.create(title="Du catalogue", offers=[one.pk for one in offers], shown_from=AT - timedelta(days=1))
    live(editor, title="Mayotte", departments=["976"])
    ours, theirs = factories.youth(department="42"), factories.youth(department="976")
    assert "Du catalogue" in factories.signed_in(ours).get("/").content.decode()
    assert "Du catalogue" not in factories.signed_in(theirs).get("/").content.decode()


def test_a_new_version_waits_for_its_date_and_the_one_before_stays_meanwhile(editor: Any, offers: list[Offer]) -> None:
    number, day = live(editor, title="Avant"), timezone.now() + timedelta(days=3)
    operations.revise(shelf_id=number, by=editor.pk, fields={"title": "Après", "go_live_at": day})
    assert titles() == ["Avant"]
    operations.publish(shelf_id=number, by=editor.pk)
    assert titles(at=day - timedelta(minutes=1)) == ["Avant"]
    assert titles(at=day) == ["Après"], "the home does not wait for the job"
    assert publish_shelves.run(at=day - timedelta(minutes=1)) == 0
    assert publish_shelves.run(at=day) == 1
    assert publish_shelves.run(at=day) == 0
    row = Shelf.objects.get(pk=number)
    assert (row.title, row.live) == ("Après", True)
    assert acts()[-2:] == [
        ("editorial.schedule", f"person:{editor.pk}", f"shelf:{number}"), ("editorial.publish", "job:publish_shelves", f"shelf:{number}"),
    ]  # fmt: skip


def test_a_shelf_ends_at_its_hour(editor: Any, offers: list[Offer]) -> None:
    end = timezone.now() + timedelta(days=5)
    number = live(editor, title="Cinq jours", expire_at=end)
    assert titles(at=end - timedelta(seconds=1)) == ["Cinq jours"]
    assert titles(at=end) == []
    assert publish_shelves.run(at=end) == 1
    assert not Shelf.objects.get(pk=number).live
    assert acts()[-1] == ("editorial.expire", "job:publish_shelves", f"shelf:{number}")


def test_every_version_is_kept_and_one_may_go_back(editor: Any, offers: list[Offer]) -> None:
    number = live(editor, title="Première")
    operations.revise(shelf_id=number, by=editor.pk, fields={"title": "Seconde"})
    operations.publish(shelf_id=number, by=editor.pk)
    first = Shelf.objects.get(pk=number).revisions.order_by("pk")[0]
    client = factories.signed_in(editor)
    page = screen(client, f"history/{number}/revisions/{first.pk}/revert/")
    assert "Première" in page
    compared = screen(client, f"history/{number}/revisions/compare/earliest...latest/")
    assert "Première" in compared and "Seconde" in compared
    assert titles() == ["Seconde"]


def test_what_is_undone_leaves_no_line_in_the_journal(editor: Any) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        operations.compose(by=editor.pk, fields=FREE)
        raise RuntimeError
    assert acts() == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "HAND_PICKED"}, "editorial.offers_missing"),
        ({"kind": "HAND_PICKED", "offers": [9_999_999]}, "editorial.offers_unknown"),
        ({"departments": ["20"]}, "editorial.departments_unknown"),
    ],
)
def test_what_would_break_a_shelf_is_not_kept(editor: Any, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as no:
        operations.compose(by=editor.pk, fields=FREE | fields)
    assert no.value.code == code
    assert not Shelf.objects.exists()


def test_a_shelf_that_is_not_there(editor: Any) -> None:
    for act in (operations.publish, operations.take_off):
        with pytest.raises(Refused) as no:
            act(shelf_id=404, by=editor.pk)
        assert no.value.code == "editorial.shelf_missing"
    with pytest.raises(Refused) as no:
        queries.preview(viewer=LOIRE, at=AT, shelf_id=404)
    assert no.value.code == "editorial.shelf_missing"
    assert Client().get("/rayons/404/").status_code == 404


def test_a_shelf_has_a_page_until_it_is_taken_off(editor: Any, offers: list[Offer], client: Client) -> None:
    number = live(
        editor, title="Un récit", kind="STORY", text="Un soir, <b>Lina</b> est entrée.", video_url="https://videos.example/1"
    )
    page = client.get(f"/rayons/{number}/").content.decode()
    assert "&lt;b&gt;Lina" in page and 'href="https://videos.example/1"' in page
    operations.take_off(shelf_id=number, by=editor.pk)
    assert client.get(f"/rayons/{number}/").status_code == 404


# ---- by which door


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("rayon", (Entry.SHELF, None)), ("rayon-12", (Entry.SHELF, 12)), ("recherche", (Entry.SEARCH, None)),
        ("recherche-12", (Entry.LINK, None)), ("rayon-", (Entry.LINK, None)), ("rayon--1", (Entry.LINK, None)),
        ("rayon-²", (Entry.LINK, None)), ("rayon-" + "9" * 30, (Entry.LINK, None)), ("", (Entry.LINK, None)), ("12", (Entry.LINK, None)),
    ],
)  # fmt: skip
def test_what_an_address_says_of_the_door(said: str, kept: tuple[Entry, int | None]) -> None:
    assert entry_of(said) == kept


def test_a_booking_keeps_the_shelf_that_it_came_by(editor: Any, offers: list[Offer]) -> None:
    number, youth = live(editor), factories.youth()
    client = factories.signed_in(youth)
    offer = offers[0]
    door = f"rayon-{number}"
    assert f"de={door}" in client.get(f"/offres/{offer.pk}/?de={door}").content.decode()
    answer = client.post(f"/offres/{offer.pk}/reserver/", {"stock": offer.stocks.get().pk, "places": 1, "de": door})
    assert answer.status_code == 302
    made = Booking.objects.get()
    assert (made.entry, made.entry_of) == (Entry.SHELF, number)


def test_editors_see_what_each_shelf_brings_where_it_is_not_few(editor: Any, offers: list[Offer]) -> None:
    known, few = live(editor, title="Suivi"), live(editor, title="Peu suivi")
    stock = offers[0].stocks.get()
    stock.quantity = 40
    stock.save()
    for n in range(15):
        book(
            person_id=factories.youth().pk,
            stock_id=stock.pk,
            places=1,
            at=AT,
            entry=Entry.SHELF,
            entry_of=known if n < 12 else few,
        )
    found = queries.figures_of(since=AT - timedelta(days=1), at=AT)
    assert [(one.title, one.bookings) for one in found] == [("Suivi", 10), ("Peu suivi", None)]


# ---- the editor's screens


def test_an_editor_composes_and_publishes_with_wagtail(editor: Any, offers: list[Offer]) -> None:
    client = factories.signed_in(editor)
    assert "Relecture" in screen(client, "add/")
    sent = {
        "title": "DÉCOUVREZ", "hint": "", "kind": "HAND_PICKED", "position": "3", "search_here": "on",
        "offers": f"https://pass.example/offres/{offers[2].pk}/?de=x\n{offers[0].pk} {offers[1].pk}", "departments": "976, 42",
    }  # fmt: skip
    answer = client.post("/equipe/editorial/snippets/editorial/shelf/add/", sent, HTTP_ACCEPT="text/html")
    assert answer.status_code == 302, answer.content.decode()
    shelf = Shelf.objects.get()
    assert (shelf.live, shelf.offers, shelf.departments) == (False, [offers[2].pk, offers[0].pk, offers[1].pk], ["976", "42"])
    page = screen(client, f"edit/{shelf.pk}/")
    assert 'data-rule="orders"' in page and 'data-rule="shouting"' in page and "Livre 2" in page
    answer = client.post(
        f"/equipe/editorial/snippets/editorial/shelf/edit/{shelf.pk}/", sent | {"action-publish": "1"}, HTTP_ACCEPT="text/html"
    )
    assert answer.status_code == 302, answer.content.decode()
    assert titles() == ["DÉCOUVREZ"], "the guide warns, and stops nothing"
    assert [(act, actor) for act, actor, _subject in acts()] == [
        ("editorial.create", f"person:{editor.pk}"), ("editorial.edit", f"person:{editor.pk}"), ("editorial.publish", f"person:{editor.pk}"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "HAND_PICKED", "offers": "aucune"}, {"kind": "VENUE", "venue": "999999999"}, {"ages_from": "18", "ages_to": "15"},
        {"departments": "ZZ"}, {"kind": "NOTHING"}, {"title": ""}, {"title": "x" * 61}, {"kind": "VIDEO", "video_url": "javascript:alert(1)"},
        {"position": "99999999"}, {"search_price": "-1"},
    ],
)  # fmt: skip
def test_what_would_break_a_shelf_is_said_beside_its_field(editor: Any, fault: dict[str, str]) -> None:
    sent = {
        "title": "Ce soir",
        "kind": "WEEKEND",
        "position": "3",
        "offers": "",
        "departments": "",
        "action-publish": "1",
    } | fault
    answer = factories.signed_in(editor).post("/equipe/editorial/snippets/editorial/shelf/add/", sent, HTTP_ACCEPT="text/html")
    assert answer.status_code == 200
    assert not Shelf.objects.exists()


def test_an_editor_takes_a_shelf_off_and_deletes_it_with_wagtail(editor: Any, offers: list[Offer]) -> None:
    number, client = live(editor), factories.signed_in(editor)
    for act in ("unpublish", "delete"):
        answer = client.post(f"/equipe/editorial/snippets/editorial/shelf/{act}/{number}/", HTTP_ACCEPT="text/html")
        assert answer.status_code == 302
        assert titles() == []
    assert not Shelf.objects.exists()
    assert [act for act, _actor, _subject in acts()] == [
        "editorial.create",
        "editorial.publish",
        "editorial.take_off",
        "editorial.delete",
    ]


def test_nobody_but_editors_may_come_in() -> None:
    for role in StaffRole:
        client = factories.signed_in(factories.staff(staff_roles=[role]))
        answer = client.get("/equipe/editorial/snippets/editorial/shelf/", HTTP_ACCEPT="application/json")
        may = role in {StaffRole.QA, StaffRole.GLOBAL_ACCESS, StaffRole.PROGRAMMATION_MARKET}
        assert answer.status_code == (200 if may else 403), role
        assert may or answer.json()["code"] == "people.not_permitted"


def test_what_wagtail_only_names_is_not_here(editor: Any) -> None:
    client = factories.signed_in(editor)
    for address in ("pages/", "api/images/", "account/", "choose-page/"):
        answer = client.get(f"/equipe/editorial/{address}", HTTP_ACCEPT="application/json")
        assert (answer.status_code, answer.json()["code"]) == (404, "editorial.not_here"), address
    for address in ("users/", "reports/site-history/", "workflows/list/", "failwhale/", "login/", "password_reset/"):
        assert client.get(f"/equipe/editorial/{address}").status_code == 404, address


def test_the_home_is_previewed_as_somebody_with_a_draft_in_its_place(editor: Any, offers: list[Offer]) -> None:
    live(editor, title="Partout", position=10)
    draft = operations.compose(by=editor.pk, fields=FREE | {"title": "Pour Mayotte", "position": 5, "departments": ["976"]})
    client = factories.signed_in(editor)
    page = client.get("/equipe/accueil/", {"age": 16, "departement": "976", "rayon": draft}).content.decode()
    assert page.index("Pour Mayotte") < page.index("Partout")
    assert "Brouillon" in page
    without = client.get("/equipe/accueil/", {"age": 16, "departement": "976"}).content.decode()
    assert "Pour Mayotte" not in without
    for odd in (
        {"age": "x"},
        {"age": 99},
        {"age": 16, "departement": "ZZ"},
        {"age": 16, "jour": "hier"},
        {"age": 16, "rayon": "1e9"},
    ):
        assert client.get("/equipe/accueil/", odd).status_code == 200, odd
