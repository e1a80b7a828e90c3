"""Formats, at their edges, in both languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from diptych.commons.web.formatting import (
    NBSP,
    cell,
    clock_time,
    count,
    day,
    distance,
    exact,
    exact_day,
    money,
    plain_day,
    price,
    rate,
    when,
)

AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # a Tuesday, 16:00 in Paris


def plain(text: str) -> str:
    """With ordinary spaces, to be read here."""
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("cents", "french", "english"),
    [
        (11200, "112 €", "€112"),
        (400, "4 €", "€4"),
        (640, "6,40 €", "€6.40"),
        (5, "0,05 €", "€0.05"),
        (0, "0 €", "€0"),
        (-1250, "-12,50 €", "-€12.50"),
        (123456700, "1 234 567 €", "€1,234,567"),
    ],
)
def test_money(cents: int, french: str, english: str) -> None:
    assert plain(money(cents)) == french
    assert money(cents, language="en-gb") == english
    assert " " not in money(cents)


def test_nothing_to_pay_is_said() -> None:
    assert (price(0), price(0, language="en"), plain(price(400))) == ("Gratuit", "Free", "4 €")


@pytest.mark.parametrize(
    ("metres", "said"),
    [(0, "0 m"), (34, "30 m"), (612, "600 m"), (974, "950 m"), (980, "1 km"), (1130, "1,1 km"), (9949, "9,9 km"),
     (9950, "10 km"), (12400, "12 km")],
)  # fmt: skip
def test_distance(metres: float, said: str) -> None:
    assert plain(distance(metres)) == said


def test_distance_in_english() -> None:
    assert plain(distance(1130, language="en")) == "1.1 km"


def test_count() -> None:
    assert (plain(count(18240)), count(18240, language="en"), count(7)) == ("18 240", "18,240", "7")


@pytest.mark.parametrize(
    ("hours", "french", "english"),
    [
        (4.5, "ce soir 20:30", "tonight 20:30"),
        (2, "ce soir 18:00", "tonight 18:00"),
        (1, "aujourd’hui 17:00", "today 17:00"),
        (-6, "ce matin 10:00", "this morning 10:00"),
        (9, "cette nuit 01:00", "tonight 01:00"),
        (22, "demain 14:00", "tomorrow 14:00"),
        (-22, "hier 18:00", "yesterday 18:00"),
        (100, "sam. 28 nov. 20:00", "Sat 28 Nov 20:00"),
        (24 * 200, "sam. 12 juin 2027 17:00", "Sat 12 Jun 2027 17:00"),
        (24 * 40, "dim. 3 janv. 16:00", "Sun 3 Jan 16:00"),
    ],
)
def test_when(hours: float, french: str, english: str) -> None:
    instant = AT + timedelta(hours=hours)
    assert plain(when(instant, at=AT)) == french
    assert plain(when(instant, at=AT, language="en")) == english


def test_the_day_is_the_one_of_the_zone() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert plain(when(late, at=late - timedelta(hours=1), zone="Europe/Paris")) == "cette nuit 00:30"
    assert plain(when(late, at=AT, zone="America/Guadeloupe")) == "ce soir 19:30"
    assert clock_time(late, zone="Indian/Reunion") == "03:30"


def test_exact() -> None:
    assert exact(AT + timedelta(days=4, hours=4)) == "samedi 28 novembre 2026 à 20:00"
    assert exact(AT, language="en") == "Tuesday, 24 November 2026 at 16:00"
    assert exact_day(date(2026, 12, 2)) == "mercredi 2 décembre 2026"


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (date(2026, 12, 1), "1er décembre 2026", "1 December 2026"),
        (date(2026, 12, 2), "2 décembre 2026", "2 December 2026"),
        (date(2026, 12, 11), "11 décembre 2026", "11 December 2026"),
        (date(2026, 12, 21), "21 décembre 2026", "21 December 2026"),
    ],
)
def test_the_first_of_a_month_is_an_ordinal_in_french(value: date, french: str, english: str) -> None:
    assert plain_day(value) == french
    assert plain_day(value, language="en") == english
    assert plain_day(value, year=False) == french.removesuffix(" 2026")
    assert exact_day(value).endswith(f" {french}")


def test_every_other_way_to_say_a_day_says_the_first_so() -> None:
    first = datetime(2026, 12, 1, 19, tzinfo=UTC)
    assert exact(first) == "mardi 1er décembre 2026 à 20:00"
    assert when(first, at=AT).replace(NBSP, " ") == "mar. 1er déc. 20:00"
    assert day(date(2025, 8, 1), today=date(2026, 11, 24)).replace(NBSP, " ") == "ven. 1er août 2025"


def test_day() -> None:
    today = date(2026, 11, 24)
    said = [plain(day(today + timedelta(days=n), today=today)) for n in (0, 1, -1, 4)]
    assert said == ["aujourd’hui", "demain", "hier", "sam. 28 nov."]


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [(None, "–", "–"), ("1", "100 %", "100%"), ("0.95", "95 %", "95%"), ("0.3333", "33,33 %", "33.33%"), ("0", "0 %", "0%")],
)
def test_a_rate_is_written_as_it_is_read(value: str | None, french: str, english: str) -> None:
    share = None if value is None else Decimal(value)
    assert (plain(rate(share)), rate(share, language="en")) == (french, english)


@pytest.mark.parametrize("text", ["=1+1", "+33", "-1", "@cmd", "  =1", "\t=1", "\r=1"])
def test_no_cell_becomes_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell(f"a{text}") == f"a{text}"
