"""Field officers: a place is there once, stands where its facts say, is planned, visited, followed; pages and their doors."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from diptych.commons import clock, journal
from diptych.commons.refusal import Refused
from diptych.culture.domain.outreach import operations, queries
from diptych.culture.domain.outreach.models import Contact, PlaceFile, SamePlace, Stop
from diptych.culture.domain.outreach.terms import Share, Stage
from diptych.culture.domain.people.terms import StaffRole
from diptych.culture.domain.venues.models import Commune, Venue
from diptych.culture.jobs import join_places
from tests.culture import factories
from tests.culture.factories import AT

pytestmark = pytest.mark.django_db
TODAY = AT.date()
WHO: dict[str, Any] = {"actor": "person:1", "at": AT}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' day."""
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def officer() -> Any:
    """A field officer of the Loire."""
    return factories.staff(staff_roles=[StaffRole.CHARGE_DEVELOPPEMENT], department="42")


def place(name: str = "Cinéma Le Royal", **fields: Any) -> Venue:
    """A place that open data knows."""
    Commune.objects.get_or_create(
        insee="42218", defaults={"name": "Saint-Étienne", "department": "42", "latitude": 45.4, "longitude": 4.4}
    )
    given = {
        "activity": "CINEMA", "city": "Saint-Étienne", "postcode": "42000", "department": "42", "commune_id": "42218",
        "latitude": 45.44, "longitude": 4.39, "source": "cnc", "source_id": name, **fields,
    }  # fmt: skip
    return Venue.objects.create(name=name, created_at=AT, **given)


def stage_of(venue: Venue) -> Stage:
    """Where a place stands."""
    return queries.place_detail(venue_id=venue.pk, at=AT).place.stage


def refused(act: Any, /, **words: Any) -> str:
    """The code of what an operation refuses."""
    with pytest.raises(Refused) as caught:
        act(**words)
    return caught.value.refusal.reason.code


def test_a_place_is_moved_undone_and_then_said_by_its_facts(officer: Any) -> None:
    venue = place()
    assert stage_of(venue) is Stage.TO_MEET
    own = {"venue_id": venue.pk, "officer_id": officer.pk}
    operations.move(**own, stage=Stage.MET, **WHO)
    assert stage_of(venue) is Stage.MET
    assert refused(operations.move, **own, stage=Stage.ACTIVE, **WHO) == "outreach.no_such_move"
    operations.undo_move(venue_id=venue.pk, **WHO)
    assert stage_of(venue) is Stage.TO_MEET
    assert refused(operations.undo_move, venue_id=venue.pk, **WHO) == "outreach.nothing_to_undo"
    signed_up = factories.venue()
    assert stage_of(signed_up) is Stage.SIGNING_UP
    factories.offer(at_venue=signed_up)
    assert stage_of(signed_up) is Stage.ACTIVE
    later = queries.place_detail(venue_id=signed_up.pk, at=AT + timedelta(days=400))
    assert (later.place.stage, later.moves) == (Stage.ASLEEP, ())
    words = {"venue_id": signed_up.pk, "officer_id": officer.pk, "stage": Stage.MET}
    assert refused(operations.move, **words, **WHO) == "outreach.facts_decide"
    assert refused(operations.move, **own | {"venue_id": 0}, stage=Stage.MET, **WHO) == "outreach.place_missing"
    assert refused(queries.place_detail, venue_id=0, at=AT) == "outreach.place_missing"


def test_what_open_data_knows_and_what_signed_up_is_one_place(officer: Any) -> None:
    known, other = place(), place("Cinéma Le Rex")
    own = {"venue_id": known.pk, "officer_id": officer.pk}
    operations.add_note(venue_id=known.pk, text="Partants.", **WHO)
    contact = {"name": "Zoé", "position": "", "email": "z@royal.example", "phone": "", "told": True}
    operations.add_contact(venue_id=known.pk, **contact, **WHO)
    operations.plan_next(**own, words="Rappeler", on=TODAY, today=TODAY, **WHO)
    for day in (TODAY, TODAY + timedelta(1)):
        operations.add_stop(**own, day=day, today=TODAY, **WHO)
    signed_up = factories.venue(name="Le Royal", activity="CINEMA", commune_id="42218")
    operations.add_stop(venue_id=signed_up.pk, officer_id=officer.pk, day=TODAY, today=TODAY, **WHO)
    assert join_places.run(at=AT) == 1
    assert join_places.run(at=AT) == 0
    found = queries.places_of(department="42", at=AT)
    assert {one.id for one in found.every} == {signed_up.pk, other.pk}
    detail = queries.place_detail(venue_id=known.pk, at=AT)
    assert (detail.head_id, detail.notes[0].text, detail.contacts[0].name) == (signed_up.pk, "Partants.", "Zoé")
    assert (detail.place.next_step, [one.id for one in detail.same]) == ("Rappeler", [known.pk])
    assert Stop.objects.filter(venue=signed_up).count() == 2
    operations.say_same(one_id=signed_up.pk, other_id=known.pk, is_same=False, **WHO)
    assert join_places.run(at=AT) == 0, "what was parted stays so"
    assert queries.places_of(department="42", at=AT).total == 3
    assert refused(operations.say_same, one_id=known.pk, other_id=other.pk, is_same=True, **WHO) == "outreach.not_a_pair"
    assert refused(operations.say_same, one_id=known.pk, other_id=0, is_same=True, **WHO) == "outreach.not_a_pair"


def test_two_of_a_name_are_left_to_somebody_and_shown_side_by_side() -> None:
    first, second = place("Cinéma Le Royal"), place("Ciné Royal", source_id="2")
    signed_up = factories.venue(name="Cinéma Royal", activity="CINEMA", commune_id="42218")
    assert join_places.run(at=AT) == 0
    assert {one.id for one in queries.place_detail(venue_id=signed_up.pk, at=AT).alike} == {first.pk, second.pk}
    operations.say_same(one_id=first.pk, other_id=signed_up.pk, is_same=True, **WHO)
    other = factories.venue(name="Le Royal", activity="CINEMA", commune_id="42218")
    assert refused(operations.say_same, one_id=first.pk, other_id=other.pk, is_same=True, **WHO) == "outreach.not_a_pair"
    assert SamePlace.objects.get().is_same


def test_a_next_step_of_two_joined_rows_is_due_once_where_it_can_be_done(officer: Any) -> None:
    known = place("Cinéma Le Royal")
    signed_up = factories.venue(name="Le Royal", activity="CINEMA", commune_id="42218")
    step: dict[str, Any] = {"officer_id": officer.pk, "today": TODAY, **WHO}
    operations.plan_next(venue_id=known.pk, words="Rappeler", on=TODAY, **step)
    operations.plan_next(venue_id=signed_up.pk, words="", on=None, **step)
    operations.say_same(one_id=known.pk, other_id=signed_up.pk, is_same=True, **WHO)
    due = queries.due_steps(officer_id=officer.pk, until=TODAY)
    assert [(one.venue_id, one.words) for one in due] == [(signed_up.pk, "Rappeler")]
    operations.plan_next(venue_id=signed_up.pk, words="", on=None, **step)
    assert queries.due_steps(officer_id=officer.pk, until=TODAY) == []


def test_a_day_is_ordered_and_seeing_a_place_meets_it(officer: Any) -> None:
    names = ("A", "B", "C", "D")
    north = (45.40, 45.46, 45.41, 45.45)
    venues = [place(name, latitude=at) for name, at in zip(names, north, strict=True)]
    own = {"officer_id": officer.pk}
    for venue in venues:
        operations.add_stop(venue_id=venue.pk, **own, day=TODAY, today=TODAY, **WHO)
    again = {"venue_id": venues[0].pk, **own, "day": TODAY, "today": TODAY, **WHO}
    assert refused(operations.add_stop, **again) == "outreach.already_planned"
    assert refused(operations.add_stop, **again | {"day": TODAY - timedelta(1)}) == "outreach.day_past"

    def order() -> str:
        return "".join(stop.place.name for stop in queries.day_of(**own, day=TODAY, at=AT))

    operations.order_by_distance(**own, day=TODAY)
    assert order() == "ACDB"
    stops = queries.day_of(**own, day=TODAY, at=AT)
    assert (stops[0].metres, stops[0].is_first, stops[-1].is_last) == (None, True, True)
    assert stops[1].metres == pytest.approx(1112, abs=2)
    operations.shift(stop_id=stops[0].id, **own, up=True)
    operations.shift(stop_id=stops[1].id, **own, up=True)
    assert order() == "CADB"
    first = queries.day_of(**own, day=TODAY, at=AT)[0]
    operations.mark(stop_id=first.id, **own, seen=True, **WHO)
    operations.mark(stop_id=first.id, **own, seen=True, **WHO)
    assert stage_of(venues[2]) is Stage.MET
    operations.mark(stop_id=first.id, **own, seen=False, **WHO)
    assert stage_of(venues[2]) is Stage.TO_MEET
    operations.remove_stop(stop_id=first.id, **own, **WHO)
    assert order() == "ADB"
    other = factories.staff()
    assert refused(operations.remove_stop, stop_id=stops[0].id, officer_id=other.pk, **WHO) == "outreach.stop_missing"
    for n in range(12):
        operations.add_stop(venue_id=place(f"P{n}").pk, **own, day=TODAY, today=TODAY, **WHO)
    assert refused(operations.add_stop, **again | {"venue_id": place("Trop").pk}) == "outreach.day_full"


def test_next_steps_notes_and_contacts_are_kept_and_refused(officer: Any) -> None:
    venue = place()
    step = {"venue_id": venue.pk, "officer_id": officer.pk, "today": TODAY, **WHO}
    operations.plan_next(**step, words="Rappeler", on=TODAY)
    assert [one.words for one in queries.due_steps(officer_id=officer.pk, until=TODAY)] == ["Rappeler"]
    assert queries.due_steps(officer_id=officer.pk, until=TODAY - timedelta(1)) == []
    assert refused(operations.plan_next, **step, words="Rappeler", on=None) == "outreach.step_without_day"
    assert refused(operations.plan_next, **step, words="Rappeler", on=date(2020, 1, 1)) == "outreach.step_past"
    operations.plan_next(**step, words="", on=None)
    assert PlaceFile.objects.get().next_on is None
    assert refused(operations.add_note, venue_id=venue.pk, text="  ", **WHO) == "outreach.note_empty"
    who = {"venue_id": venue.pk, "name": "Zoé", "position": "", "email": "Z@Royal.example", "phone": "", "told": True, **WHO}
    assert refused(operations.add_contact, **who | {"told": False}) == "outreach.contact_untold"
    assert refused(operations.add_contact, **who | {"email": ""}) == "outreach.contact_empty"
    assert refused(operations.add_contact, **who | {"email": "zoé"}) == "outreach.email_malformed"
    operations.add_contact(**who)
    operations.add_contact(**who | {"name": "Zoé Marin"})
    assert Contact.objects.get().name == "Zoé Marin"
    for n in range(11):
        operations.add_contact(**who | {"email": "", "phone": f"04 77 00 00 {n:02}"})
    assert refused(operations.add_contact, **who | {"email": "", "phone": "1"}) == "outreach.too_many_contacts"
    one = Contact.objects.get(email="z@royal.example").pk
    operations.remove_contact(venue_id=venue.pk, contact_id=one, **WHO)
    assert refused(operations.remove_contact, venue_id=venue.pk, contact_id=one, **WHO) == "outreach.contact_missing"
    with connection.cursor() as cursor:
        said = " ".join(str(line.facts) for line in journal.entries(cursor, subject=f"venue:{venue.pk}", limit=50))
    assert "royal" not in said.lower()


def test_shares_count_each_place_once(officer: Any) -> None:
    _, active, asleep = place(), factories.venue(activity="CINEMA"), factories.venue(activity="CINEMA", department="69")
    joined = place("Joint")
    SamePlace.objects.create(place=joined, venue=active, is_same=True, at=AT)
    factories.offer(at_venue=active)
    factories.offer(at_venue=asleep, at=AT - timedelta(days=300))
    found = queries.shares(at=AT)
    assert found.total == Share(3, 2, 1)
    assert found.by_activity == [("CINEMA", Share(3, 2, 1))]
    assert [(one.code, one.share) for one in found.by_territory] == [("42", Share(2, 1, 1)), ("69", Share(1, 1, 0))]
    assert queries.shares(at=AT, department="69").total == Share(1, 1, 0)
    assert queries.shares(at=AT, activity="MUSEUM").total == Share()


def test_the_pages_open_to_field_officers_alone(officer: Any) -> None:
    venue = place()
    own = factories.signed_in(officer)
    page = f"/equipe/terrain/lieux/{venue.pk}/"
    for address in ("", "?department=42&kind=CINEMA&stage=TO_MEET&q=royal&page=9", "?department=zz&page=x", "?mine=on", "parts/",
                    "parts/?department=42&kind=CINEMA", "journee/", "journee/?day=nope"):  # fmt: skip
        assert own.get(f"/equipe/terrain/{address}").status_code == 200, address
    points = own.get("/equipe/terrain/lieux.geojson").json()["features"]
    assert [one["properties"]["layer"] for one in points] == ["commune", "place"]
    assert own.get(page).status_code == 200
    for address in (f"lieux/{2**63}/", "lieux/0/"):
        assert own.get(f"/equipe/terrain/{address}").status_code == 404
    assert own.post(f"{page}etape/", {"stage": "MET"})["Location"] == page
    assert own.post(f"{page}etape/", {"stage": "x"}).status_code == 409
    assert own.post(f"{page}etape/")["Location"] == page
    assert own.post(f"{page}suite/", {"words": "x", "on": "nope"}).status_code == 422
    assert own.post(f"{page}suite/", {"words": "Rappeler", "on": TODAY.isoformat()}).status_code == 302
    assert own.post(f"{page}suite/", {"done": "1"}).status_code == 302
    assert own.post(f"{page}notes/", {"text": "x" * 2001}).status_code == 422
    assert own.post(f"{page}notes/", {"text": "Vu."}).status_code == 302
    assert own.post(f"{page}contacts/", {"name": "x" * 121}).status_code == 422
    assert own.post(f"{page}contacts/", {"name": "Zoé", "phone": "04", "told": "on"}).status_code == 302
    assert own.post(f"{page}contacts/{2**63}/retirer/").status_code == 404
    assert own.post(f"{page}contacts/{Contact.objects.get().pk}/retirer/").status_code == 302
    assert own.post(f"{page}identique/", {"other": "x"}).status_code == 422
    assert own.post(f"{page}journee/", {"back": "https://ailleurs.example/"})["Location"].startswith("/equipe/terrain/journee/")
    stop = f"/equipe/terrain/journee/{Stop.objects.get().pk}/"
    for act in ("up", "seen", "unseen", "remove"):
        assert own.post(stop, {act: "1"}).status_code == 302, act
    assert own.post(stop, {"remove": "1"}).status_code == 404
    assert own.post(f"/equipe/terrain/journee/{2**63}/").status_code == 404
    assert own.post("/equipe/terrain/journee/ordre/", {}).status_code == 302
    signed_up = factories.venue(name="Le Royal", activity="CINEMA", commune_id="42218")
    assert own.post(f"{page}identique/", {"other": signed_up.pk, "same": "1"}).status_code == 302
    assert own.get(page)["Location"] == f"/equipe/terrain/lieux/{signed_up.pk}/"
    reader = factories.signed_in(factories.staff(staff_roles=[StaffRole.LECTURE_SEULE]))
    assert reader.get("/equipe/terrain/parts/").status_code == 200
    for address in ("", "journee/", "lieux.geojson", f"lieux/{venue.pk}/"):
        assert reader.get(f"/equipe/terrain/{address}").status_code == 403


def test_a_longer_list_asks_no_more(officer: Any, django_assert_max_num_queries: Any) -> None:
    for n in range(40):
        place(f"Lieu {n}")
    with django_assert_max_num_queries(4):
        found = queries.places_of(department="42", at=AT)
    assert (found.total, found.pages, len(found.rows)) == (40, 2, 30)
    assert queries.places_of(department="42", at=AT, page=2).page == 2
