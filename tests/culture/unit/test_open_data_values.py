"""Values and accents of open data: what each reader takes, repairs and refuses."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diptych.culture.gateways.open_data import values
from diptych.culture.gateways.open_data.accents import is_lost, marked_before, twice_encoded
from diptych.culture.gateways.open_data.prices import price_of
from diptych.culture.gateways.open_data.reasons import FAULTS, Unreadable


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (values.decimal, "48,85", 48.85),
        (values.decimal, "1 533,5", 1533.5),
        (values.decimal, "1\u202f533.5", 1533.5),
        (values.count, "4.0", 4),
        (values.count, "4,0", 4),
        (values.count, "#N/A", None),
        (values.yes, "OUI", True),
        (values.yes, "Non", False),
        (values.point, "48.581229, 7.751984", (48.581229, 7.751984)),
        (values.point, "0, 0", None),
        (values.postcode, "6400", "06400"),
        (values.postcode, "81003 cedex", "81003"),
        (values.postcode, "75355 Paris 07 SP", "75355"),
        (values.postcode, "#N/A", None),
        (values.commune, "6088", "06088"),
        (values.commune, "2a004", "2A004"),
        (values.commune, "0", None),
        (values.department, "7", "07"),
        (values.department, "069", "69"),
        (values.department, "02A", "2A"),
        (values.department, "69M", "69"),
        (values.department, "988", "988"),
        (values.year, "01/01/2015 00:00", 2015),
        (values.link, "museepompiers.example/", "https://museepompiers.example/"),
        (values.link, "/www.musee.example/", "https://www.musee.example/"),
        (values.link, "Http://www.musee.example", "http://www.musee.example"),
        (values.link, "https://https://a.example", "https://a.example"),
        (values.link, "www.musee.example", "https://www.musee.example"),
        (values.link, "http://musee.example/a,b?c=1#d", "http://musee.example/a,b?c=1#d"),
        (values.link, "http://musee.example/a;b", "http://musee.example/a"),
        (values.link, "http.fr", "https://http.fr"),
        (values.link, "https.example/a", "https://https.example/a"),
        (values.link, "HTTP://http.fr", "http://http.fr"),
        (values.link, "musee.example/?to=http://b.example", "https://musee.example/?to=http://b.example"),
        (values.link, "Site internet propre", None),
        (values.link, "NC", None),
        (values.instant, "2026-03-18T09:00:00+01:00", datetime(2026, 3, 18, 8, tzinfo=UTC)),
        (values.uai, "0352072m", "0352072M"),
        (values.text, " Ã©tÃ© ", "été"),
        (values.words, "deux\n  mots", "deux mots"),
        (values.words, " sans accent ", "sans accent"),
        (values.decimal, "nan", None),
        (values.decimal, "  ", None),
    ],
)
def test_a_value_reads(read, text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("read", "text", "code"),
    [
        (values.decimal, "douze", "not_a_number"),
        (values.decimal, "inf", "not_a_number"),
        (values.count, "-4", "out_of_range"),
        (values.count, "4.5", "not_a_number"),
        (values.yes, "peut-être", "wrong_type"),
        (values.latitude, "91", "not_a_place"),
        (values.point, "48.5", "not_a_place"),
        (values.postcode, "35 000", "not_a_postcode"),
        (values.commune, "Rennes", "not_a_commune"),
        (values.department, "Var", "not_a_department"),
        (values.year, "26ème", "not_a_date"),
        (values.day, "2025-13-40", "not_a_date"),
        (values.instant, "2026-03-18T09:00:00", "not_a_date"),
        (values.link, "contact@example.org", "not_a_link"),
        (values.link, "javascript:alert(1)", "not_a_link"),
        (values.link, "portail Novalis", "not_a_link"),
        (values.uai, "0352072A", "not_a_uai"),
        (values.text, "a\x00b", "control_character"),
        (values.text, "a\ud800b", "control_character"),
        (values.link, "https://a.example/\x00", "not_a_link"),
        (values.identifier, "x" * 101, "too_long"),
        (values.postcode, "٣٥٠٠٠", "not_a_postcode"),
        (values.commune, "٣٥٢٨٨", "not_a_commune"),
        (values.codes, ["35\x00"], "wrong_type"),
        (values.text, "x" * 40_001, "too_long"),
        (values.text, "th\ufffd\ufffdtre", "accents_lost"),
        (values.codes, ["35000", 3], "wrong_type"),
    ],
)
def test_a_value_that_does_not_read_says_why(read, text, code):
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert refused.value.code == code
    assert code in FAULTS


@given(st.text(max_size=60))
def test_no_text_makes_a_reader_fail_otherwise(text):
    for read in (
        values.text, values.words, values.decimal, values.count, values.yes, values.point, values.postcode, values.commune,
        values.department, values.day, values.instant, values.year, values.link, values.uai, values.several,
    ):  # fmt: skip
        try:
            read(text)
        except Unreadable as fault:
            assert fault.code in FAULTS


@pytest.mark.parametrize(
    ("broken", "damaged", "expected"),
    [
        ("La vie de rãeve", True, "La vie de rêve"),
        ("le chãateau", True, "le château"),
        ("illustrâees par Câecile", True, "illustrées par Cécile"),
        ("âEcrits áa Noèel, ðca va", True, "Écrits à Noël, ça va"),
        ("hãotel", True, "hôtel"),
        ("R²nning, Joachim", True, "Rønning, Joachim"),
        ("part NÀ2", True, "part N°2"),
        ("Gaèel Faye, oáu", False, "Gaël Faye, où"),
        ("l'ãile des miam-nimaux", False, "l'île des miam-nimaux"),
        ("Eurídice Gusmão, São Paulo", False, "Eurídice Gusmão, São Paulo"),
        ("On lâche l'affaire, père, crème", False, "On lâche l'affaire, père, crème"),
    ],
)
def test_accents_before_their_letter_are_put_back(broken, damaged, expected):
    assert marked_before(broken, damaged=damaged) == expected


def test_twice_encoded_text_is_undone_only_when_all_of_it_can_be():
    assert twice_encoded("Ã‰tÃ© Ã  la mÃ©diathÃ¨que") != "Ã‰tÃ© Ã  la mÃ©diathÃ¨que" or is_lost("Ã‰tÃ© Ã  la mÃ©diathÃ¨que")
    assert twice_encoded("théâtre") == "théâtre"
    assert is_lost("mÃ©diathÃ\ufffdque")


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        (None, None),
        ("", None),
        ("Entrée libre sans réservation", 0),
        ("20€", 2000),
        ("10 euros plein tarif - 6 euros tarif réduit", 1000),
        ("Tarif plein : 6€ / Tarif réduit : 3€ / Gratuit pour les moins de 12 ans", 600),
        ("Plein tarif : 13,40 €, réduit 5 €", 1340),
        ("De 10€ à 14€", None),
        ("Gratuit pour le parcours, concerts : 12 €", None),
        ("Tarif unique : 999 €", None),
        ("sur inscription", None),
    ],
)
def test_a_price_is_read_only_where_it_is_certain(text, cents):
    assert price_of(text) == cents
