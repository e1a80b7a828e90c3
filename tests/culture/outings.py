"""An outing in the tests: as a program sends it, makes it, reads it, and plays its school."""

from datetime import timedelta
from typing import Any

from diptych.culture.domain.venues.models import Venue
from tests.culture.factories import AT
from tests.culture.partners import Program

OFFERS, HERE = "/v2/collective/offers/", "/v2/collective"
START = AT + timedelta(days=60)


def workshop(venue: Venue, **fields: Any) -> dict[str, Any]:
    """A workshop as a program sends it; None leaves a field out."""
    body = {
        "venueId": venue.pk,
        "name": "Graver une image",
        "description": "Deux heures à l’atelier.",
        "formats": ["Atelier de pratique"],
        "bookingEmails": ["reservations@estampe.example"],
        "contactEmail": "atelier@estampe.example",
        "contactPhone": "04 77 00 00 00",
        "domains": [4, 6],
        "students": ["COLLEGE6", "COLLEGE5"],
        "location": {"type": "SCHOOL"},
        "startDatetime": START.isoformat(),
        "endDatetime": (START + timedelta(hours=2)).isoformat(),
        "bookingLimitDatetime": (AT + timedelta(days=20)).isoformat(),
        "totalPrice": 280.5,
        "numberOfTickets": 28,
        "educationalInstitution": "0421234A",
        **fields,
    }
    return {name: value for name, value in body.items() if value is not None}


def made(program: Program, venue: Venue, **fields: Any) -> int:
    """The number of an offer that the program makes."""
    return program.ask("POST", OFFERS, workshop(venue, **fields)).json()["id"]


def booked(program: Program, offer: int) -> int:
    """The number of the booking of a teacher played."""
    return program.ask("POST", f"{HERE}/adage_mock/offer/{offer}/book").json()["bookingId"]


def seen(program: Program, offer: int) -> dict[str, Any]:
    """The offer, read."""
    return program.ask("GET", f"{OFFERS}{offer}").json()


def act(program: Program, booking: int, verb: str) -> tuple[int, str | None]:
    """What answers an act of the sandbox: its status and the code of a refusal."""
    path = f"{HERE}/bookings/{booking}/use" if verb == "use" else f"{HERE}/adage_mock/bookings/{booking}/{verb}"
    answer = program.ask("POST", path)
    return answer.status_code, answer.headers.get("X-Reason")
