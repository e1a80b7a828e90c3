"""A booking as a calendar file (RFC 5545): one event in UTC, which every calendar shows by its owner's clock.

Pure: a ticket's facts in, text out. Does not hold the response (views/bookings.py).
"""

from datetime import UTC, datetime, timedelta
from typing import Final

LINE: Final = 75
"""Most octets of a line before its break (RFC 5545 §3.1)."""
USUAL_MINUTES: Final = 120
"""How long an event is taken to last where its venue did not say."""


def escape(text: str) -> str:
    """A text value (§3.3.11): backslash, semicolon, comma and line breaks are escaped; other controls are left out."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(letter for letter in text if letter >= " " and letter != "\x7f")


def fold(line: str) -> str:
    """A content line cut so that none is longer than 75 octets, never inside a character (§3.1)."""
    parts, part, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LINE:
            parts.append(part)
            part, size = " ", 1
        part, size = part + letter, size + width
    return "\r\n".join([*parts, part])


def instant(moment: datetime) -> str:
    """A date with UTC time (§3.3.5, form 2)."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def calendar(
    *,
    uid: str,
    made_at: datetime,
    starts_at: datetime,
    minutes: int | None,
    title: str,
    place: str,
    text: str,
    url: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    cancelled: bool = False,
) -> str:
    """The file of one booking. `minutes` None: two hours. An alarm rings an hour before."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Diptych//Youth//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{escape(uid)}",
        f"DTSTAMP:{instant(made_at)}",
        f"DTSTART:{instant(starts_at)}",
        f"DTEND:{instant(starts_at + timedelta(minutes=minutes or USUAL_MINUTES))}",
        f"SUMMARY:{escape(title)}",
        f"LOCATION:{escape(place)}",
        f"DESCRIPTION:{escape(text)}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        "TRANSP:OPAQUE",
    ]
    if latitude is not None and longitude is not None:
        lines.append(f"GEO:{latitude:.6f};{longitude:.6f}")
    if url:
        lines.append(f"URL:{url}")
    lines += [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{escape(title)}",
        "TRIGGER:-PT1H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(fold(line) + "\r\n" for line in lines)
