"""Calendar files against RFC 5545: escapes, folding in octets, UTC, line ends."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from diptych.culture.portals.youth.ics import calendar, escape, fold, instant


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Café, thé; ou \\ rien", "Café\\, thé\\; ou \\\\ rien"),
        ("deux\nlignes", "deux\\nlignes"),
        ("deux\r\nlignes", "deux\\nlignes"),
        ("sans\x00contrôle\x7f", "sanscontrôle"),
        ("", ""),
    ],
)
def test_text_is_escaped(text: str, written: str) -> None:
    assert escape(text) == written


@pytest.mark.parametrize("text", ["a" * 75, "a" * 76, "é" * 200, "🎟" * 60, "x" * 1000])
def test_lines_are_folded_at_75_octets_and_unfold_to_themselves(text: str) -> None:
    folded = fold(text)
    assert all(len(line.encode()) <= 75 for line in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == text


def test_a_short_line_stays_whole() -> None:
    assert fold("a" * 75) == "a" * 75


def test_instants_are_written_in_utc() -> None:
    paris = timezone(timedelta(hours=1))
    assert instant(datetime(2026, 11, 28, 20, 30, tzinfo=paris)) == "20261128T193000Z"


def make(**changes: object) -> list[str]:
    facts: dict[str, object] = {
        "uid": "booking-1@diptych.example", "made_at": datetime(2026, 11, 24, 15, tzinfo=UTC),
        "starts_at": datetime(2026, 11, 28, 19, 30, tzinfo=UTC), "minutes": 90, "title": "Nuit, courte", "place": "Le Méliès",
        "text": "Ton billet",
    }  # fmt: skip
    text = calendar(**(facts | changes))  # type: ignore[arg-type]  # facts of the test
    assert text.endswith("END:VCALENDAR\r\n")
    return text.replace("\r\n ", "").split("\r\n")


def test_a_file_is_one_event_in_one_calendar() -> None:
    lines = make()
    assert lines[0] == "BEGIN:VCALENDAR"
    for line in (
        "VERSION:2.0",
        "DTSTART:20261128T193000Z",
        "DTEND:20261128T210000Z",
        "SUMMARY:Nuit\\, courte",
        "STATUS:CONFIRMED",
    ):
        assert line in lines
    assert not any(line.startswith(("GEO", "URL")) for line in lines)


def test_a_duration_that_nobody_said_is_two_hours() -> None:
    assert "DTEND:20261128T213000Z" in make(minutes=None)


def test_a_place_on_the_map_a_link_and_a_cancellation() -> None:
    lines = make(latitude=45.4397, longitude=4.3872, url="https://diptych.example/places/1/", cancelled=True)
    assert {"GEO:45.439700;4.387200", "URL:https://diptych.example/places/1/", "STATUS:CANCELLED"} <= set(lines)
