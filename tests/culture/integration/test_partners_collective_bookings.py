"""Collective bookings through the partners' API: cancelled by the venue; the school played in a sandbox; many at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import schemathesis
from django.conf import LazySettings
from django.db import IntegrityError, connections, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import CHECKS

from diptych.commons import clock
from diptych.culture.domain.collective import terms
from diptych.culture.domain.collective.models import CollectiveBooking, CollectiveOffer
from diptych.culture.domain.collective.operations.acting import move
from diptych.culture.domain.schools.models import School
from diptych.culture.domain.venues.models import Structure, Venue
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.integration.test_api import _Served
from tests.culture.outings import HERE, START, act, booked, made, seen
from tests.culture.partners import Program
from tests.culture.privacy import told
from tests.thoroughness import examples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sandbox(settings: LazySettings) -> Iterator[None]:
    settings.SANDBOX = True
    with clock.frozen(at=AT):
        yield


@pytest.fixture
def venue() -> Venue:
    return factories.venue(name="L’Atelier d’estampe")


@pytest.fixture
def program(venue: Venue) -> Program:
    return Program(venue)


@pytest.fixture
def school() -> School:
    return factories.school(uai="0421234A")


def test_a_school_from_pre_booking_to_payment(program: Program, venue: Venue, school: School) -> None:
    offer = made(program, venue)
    booking = booked(program, offer)
    assert seen(program, offer)["offerStatus"] == "PREBOOKED"
    again = program.ask("POST", f"{HERE}/adage_mock/offer/{offer}/book")
    assert (again.status_code, again.headers["X-Reason"]) == (403, terms.NOT_BOOKABLE.code)
    assert act(program, booking, "use") == (403, terms.NOT_CONFIRMED.code)
    assert act(program, booking, "reimburse") == (403, terms.NOT_USED.code)
    assert [act(program, booking, "confirm")[0] for _ in range(2)] == [204, 204], "twice is harmless"
    assert seen(program, offer)["offerStatus"] == "BOOKED"
    assert act(program, booking, "pending") == (204, None)
    assert act(program, booking, "pending") == (204, None)
    assert seen(program, offer)["bookings"][0]["confirmationDate"] is None
    act(program, booking, "confirm")
    assert act(program, booking, "use") == (204, None)
    assert act(program, booking, "cancel") == (403, terms.NOT_REFUSABLE.code)
    assert act(program, booking, "pending") == (403, terms.NOT_RESETTABLE.code)
    assert act(program, booking, "reimburse") == (204, None)
    assert act(program, booking, "confirm") == (204, None)
    (line,) = seen(program, offer)["bookings"]
    assert (line["id"], line["status"], line["cancellationLimitDate"]) == (
        booking,
        "REIMBURSED",
        _iso(START - timedelta(days=30)),
    )
    assert line["dateUsed"] == line["reimbursementDate"] == line["confirmationDate"] == _iso(AT)
    assert seen(program, offer)["offerStatus"] == "REIMBURSED"
    acts = [entry.act.removeprefix("collective.") for entry in told(subject=f"collective_booking:{booking}")]
    assert sorted(acts) == sorted(["prebook", "confirm", "reset", "confirm", "use", "reimburse"])


def test_a_school_refuses_or_goes_back_until_30_days_before(program: Program, venue: Venue, school: School) -> None:
    for confirm, why in ((False, "REFUSED_BY_INSTITUTE"), (True, "REFUSED_BY_HEADMASTER")):
        booking = booked(program, made(program, venue))
        if confirm:
            act(program, booking, "confirm")
        assert act(program, booking, "cancel") == (204, None)
        assert act(program, booking, "cancel") == (403, terms.BOOKING_CANCELLED.code)
        assert act(program, booking, "confirm") == (403, terms.BOOKING_CANCELLED.code)
        assert CollectiveBooking.objects.get(pk=booking).cancellation == why
        assert act(program, booking, "pending") == (204, None)
        assert CollectiveBooking.objects.get(pk=booking).status == "PENDING"
        act(program, booking, "confirm")
        with clock.frozen(at=START - timedelta(days=30) + timedelta(seconds=1)):
            assert act(program, booking, "cancel") == (403, terms.NOT_REFUSABLE.code)


def test_nothing_is_booked_nor_confirmed_past_the_limit(program: Program, venue: Venue, school: School) -> None:
    late, waiting = made(program, venue), made(program, venue)
    booking = booked(program, waiting)
    with clock.frozen(at=AT + timedelta(days=20)):
        answer = program.ask("POST", f"{HERE}/adage_mock/offer/{late}/book")
        assert (answer.status_code, answer.headers["X-Reason"]) == (403, terms.NOT_BOOKABLE.code)
        assert act(program, booking, "confirm") == (403, terms.CONFIRMATION_TOO_LATE.code)
        assert seen(program, late)["hasBookingLimitDatetimesPassed"] is True


def test_a_venue_cancels_until_48_hours_after_the_outing(program: Program, venue: Venue, school: School) -> None:
    end = START + timedelta(hours=2)
    for at, status in ((AT, 204), (end + timedelta(hours=48), 204), (end + timedelta(hours=48, seconds=1), 400)):
        offer = made(program, venue)
        booking = booked(program, offer)
        act(program, booking, "confirm")
        with clock.frozen(at=at):
            answer = program.ask("PATCH", f"{HERE}/bookings/{booking}")
            assert answer.status_code == status, at
            if status == 204:
                assert seen(program, offer)["offerStatus"] == "CANCELLED"
                again = program.ask("PATCH", f"{HERE}/bookings/{booking}")
                assert again.headers["X-Reason"] == terms.BOOKING_CANCELLED.code
    assert set(CollectiveBooking.objects.filter(status="CANCELLED").values_list("cancellation", flat=True)) == {"PUBLIC_API"}
    assert program.ask("PATCH", f"{HERE}/bookings/{booking + 1}").headers["X-Reason"] == terms.BOOKING_NOT_FOUND.code


def test_an_outing_used_by_mistake_can_still_be_cancelled(program: Program, venue: Venue, school: School) -> None:
    booking = booked(program, made(program, venue))
    act(program, booking, "confirm")
    act(program, booking, "use")
    assert program.ask("PATCH", f"{HERE}/bookings/{booking}").status_code == 204
    assert CollectiveBooking.objects.get().used_at is None


def test_nobody_plays_the_school_outside_a_sandbox(
    program: Program, venue: Venue, school: School, settings: LazySettings
) -> None:
    offer = made(program, venue)
    booking = booked(program, offer)
    settings.SANDBOX = False
    assert program.ask("POST", f"{HERE}/adage_mock/offer/{offer}/book").headers["X-Reason"] == "partners_api.no_sandbox"
    for verb in ("confirm", "cancel", "pending", "reimburse", "use"):
        assert act(program, booking, verb) == (403, "partners_api.no_sandbox")
    assert CollectiveBooking.objects.get().status == "PENDING"
    assert program.ask("PATCH", f"{HERE}/bookings/{booking}").status_code == 204, "the venue's own act is no game"


def test_an_offer_of_a_structure_that_is_not_validated_is_hidden(program: Program, venue: Venue, school: School) -> None:
    offer = made(program, venue)
    Structure.objects.filter(pk=venue.structure_id).update(validation="PENDING")
    assert seen(program, offer)["offerStatus"] == "HIDDEN"
    assert program.ask("POST", f"{HERE}/adage_mock/offer/{offer}/book").status_code == 403


def test_the_database_stands_behind_the_rules(program: Program, venue: Venue, school: School) -> None:
    offer = made(program, venue)
    booking = CollectiveBooking.objects.get(pk=booked(program, offer))
    for fields in (
        {"ends_at": AT}, {"booking_limit_at": START + timedelta(seconds=1)}, {"price_cents": -1}, {"tickets": 0},
        {"place_words": "quelque part"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            CollectiveOffer.objects.filter(pk=offer).update(**fields)
    for fields in (
        {"status": "USED"},
        {"status": "CANCELLED"},
        {"status": "CONFIRMED"},
        {"confirmed_at": AT},
        {"reimbursed_at": AT},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CollectiveBooking.objects.filter(pk=booking.pk).update(**fields)
    booking.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        booking.save(force_insert=True)
    with pytest.raises(ValueError, match="does not go"):
        move(CollectiveBooking.objects.get(), terms.Booking.REIMBURSED)


@pytest.mark.django_db(transaction=True)
def test_two_teachers_at_once_make_one_booking(settings: LazySettings) -> None:
    settings.SANDBOX = True
    factories.school(uai="0421234A")
    venue = factories.venue()
    program = Program(venue)
    offer = made(program, venue)

    def book(_: int) -> int:
        try:
            return program.ask("POST", f"{HERE}/adage_mock/offer/{offer}/book").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(book, range(4)))
    assert answers == [200, 403, 403, 403]
    assert CollectiveBooking.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_schemathesis(settings: LazySettings) -> None:
    """Drawn requests on the collective operations, half of them on an offer and a booking that exist."""
    settings.SANDBOX = True
    factories.school(uai="0421234A")
    venue = factories.venue()
    program = Program(venue)
    offer = made(program, venue)
    known = {"offer_id": offer, "booking_id": booked(program, offer)}
    wanted, tried = [], 0

    def attack(strategy: Any) -> None:
        @hypothesis_settings(max_examples=examples(25), suppress_health_check=list(HealthCheck))
        @given(case=strategy)
        def run(case: Any) -> None:
            nonlocal tried
            tried += 1
            for name, number in known.items():
                if name in (case.path_parameters or {}) and tried % 2:
                    case.path_parameters[name] = number
            if isinstance(case.body, dict) and "venueId" in case.body and tried % 3:
                case.body["venueId"] = venue.pk
            case.call_and_validate(checks=wanted, headers={"Authorization": f"Bearer {program.key}"})

        run()

    with _Served() as base:
        contract = schemathesis.openapi.from_url(f"{base}/public/openapi.json")
        wanted += CHECKS.get_by_names(
            ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
        )
        for result in contract.include(path_regex="^/v2/collective").get_all_operations():
            attack(result.ok().as_strategy())
    assert tried >= 17 * 10
    connections.close_all()


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
