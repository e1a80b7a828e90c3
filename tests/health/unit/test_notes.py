"""Notes: what is found in sentences of our own, what is left alone, what is written instead. No sentence of the annotated notes."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diptych.health.warehouse.identified.pseudonymise.notes import Known, Label, Surrogates, found, rewritten
from diptych.health.warehouse.identified.pseudonymise.notes.dates import find as find_dates
from diptych.health.warehouse.identified.pseudonymise.notes.dates import read, shifted
from diptych.health.warehouse.identified.pseudonymise.notes.labels import folded
from diptych.health.warehouse.identified.pseudonymise.notes.words import french_names

DAY = date(2021, 6, 15)
OURS = Surrogates(b"seed of one person in a project!", 70)


def said(text: str, known: Known | None = None) -> list[tuple[str, str]]:
    return [(str(label), text[start:end]) for start, end, label in found(text, known)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # names
        ("Vu ce jour par le Dr Karim Benhalima.", {("PRENOM", "Karim"), ("NOM", "Benhalima")}),
        ("Madame LE GOFF Yvonne est revenue.", {("NOM", "LE GOFF"), ("PRENOM", "Yvonne")}),
        ("TREMEUR, TREMEUR Solenn", {("NOM", "TREMEUR"), ("PRENOM", "Solenn")}),
        ("Nom : PETIT\nPrénom : Odile", {("NOM", "PETIT"), ("PRENOM", "Odile")}),
        ("Le Pr J.-P. Kerleo a opéré ; Kerleo la reverra.", {("NOM", "Kerleo")}),
        ("Courrier de Dr. d'Arvieux", {("NOM", "Arvieux")}),
        # dates
        ("Opérée le 3 mars 2019, revue le 12/04/2019 puis en mai 2020.", {("DATE", "3 mars 2019"), ("DATE", "12/04/2019"), ("DATE", "mai 2020")}),
        ("Née le 07.11.1948", {("DATE_NAISSANCE", "07.11.1948")}),
        ("Tabac depuis 1987, sevré fin 2003", {("DATE", "1987"), ("DATE", "fin 2003")}),
        ("C3 le 14/02 et C4 le 28nov", {("DATE", "14/02"), ("DATE", "28nov")}),
        ("Le douze avril deux mille dix", {("DATE", "douze avril deux mille dix")}),
        ("Biopsie 20190312, TDM O5/O3/2019", {("DATE", "20190312"), ("DATE", "O5/O3/2019")}),
        # numbers
        ("Tel 06 11 22 33 44, fax +33 1 44 55 66 77", {("TEL", "06 11 22 33 44"), ("TEL", "+33 1 44 55 66 77")}),
        ("NIR 2 48 11 75 116 005 42", {("SECU", "2 48 11 75 116 005 42")}),
        ("IPP : 8001234567 NDA : 7700001234", {("IPP", "8001234567"), ("NDA", "7700001234")}),
        ("RPPS 10001234567", {("RPPS", "10001234567")}),
        ("Écrire à o.petit @ exemple . fr", {("MAIL", "o.petit @ exemple . fr")}),
        # places
        ("demeurant 14 bis, rue des Frères Lumière 69008 Lyon", {("ADRESSE", "14 bis, rue des Frères Lumière"), ("ZIP", "69008"), ("VILLE", "Lyon")}),
        ("Transférée à l'hôpital Sainte-Ursule", {("HOPITAL", "Sainte-Ursule")}),
        ("Elle habite à Ploumanac'h.", {("VILLE", "Ploumanac'h")}),
    ],
)  # fmt: skip
def test_what_identifies_is_found(text: str, expected: set[tuple[str, str]]) -> None:
    spans = said(text)
    whole = {(label, words) for label, words in spans}
    joined = " ".join(words for _, words in spans)
    for label, words in expected:
        if (label, words) not in whole:  # a name in several words may be several spans
            assert all(part in joined for part in re.findall(r"\w+", words)), (label, words, spans)
            assert label in {one for one, _ in spans}


@pytest.mark.parametrize(
    "text",
    [
        "Hémoglobine à 12.4 g/dl, plaquettes 145 G/l, score 7/10.",
        "Paracétamol 1 g, 3 fois par jour pendant 5 jours.",
        "Examen clinique sans particularité. Traitement poursuivi.",
        "TA 120/80 mmHg, FC 72/min, SpO2 98 %.",
        "Échelle : 2 2 2 2 2 2 2 2",
    ],
)
def test_what_identifies_nobody_is_left(text: str) -> None:
    assert said(text) == []


def test_spans_are_in_order_and_apart() -> None:
    text = "Dr Anne Le Bris, 3 rue de Brest 29200 Brest, le 3/4/2020, tel 02 98 00 11 22, née le 4/5/1960 à Brest" * 3
    spans = found(text, Known(last_names=("Le Bris",), cities=("Brest",)))
    assert all(one.end <= other.start for one, other in pairwise(spans))


KNOWN = Known(
    last_names=("MÜLLER-DUPRÉ",),
    first_names=("ZÉPHYRIN",),
    doctors=("Wintergerst",),
    birth_date=date(1961, 2, 3),
    numbers=(("161027511600542", Label.SOCIAL_SECURITY), ("4471", Label.PATIENT_NUMBER), ("0611223344", Label.PHONE)),
    addresses=("9 venelle du Puits",),
    cities=("L'Haÿ-les-Roses",),
    zips=("94240",),
    mails=("zeph@exemple.fr",),
)


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("muller dupre", Label.LAST_NAME),
        ("Müller-Dupré", Label.LAST_NAME),
        ("DUPRE", Label.LAST_NAME),
        ("zephyrin", Label.FIRST_NAME),
        ("wintergerst", Label.LAST_NAME),
        ("3 février 1961", Label.BIRTH_DATE),
        ("03.02.61", Label.BIRTH_DATE),
        ("1 61 02 75 116 005 42", Label.SOCIAL_SECURITY),
        ("4471", Label.PATIENT_NUMBER),
        ("06.11.22.33.44", Label.PHONE),
        ("9, Venelle du puits", Label.ADDRESS),
        ("L’HAY LES ROSES", Label.CITY),
        ("94 240", Label.ZIP),
        ("ZEPH@exemple.fr", Label.MAIL),
    ],
)
def test_what_is_known_of_the_person_is_found_in_any_form(words: str, label: Label) -> None:
    text = f"on note {words} ce matin"
    span = next(span for span in found(text, KNOWN) if span.start <= 8 < span.end)
    assert (span.label, text[span.start : span.end]) == (label, words)


def test_a_known_number_is_found_though_letters_stick_to_it() -> None:
    known = Known(numbers=(("9999999999", Label.PATIENT_NUMBER),))
    assert ("IPP", "9999999999") in said("Je revois ce jour Zoé, IPP9999999999.", known)
    assert said("19999999999", known) == said("19999999999"), "another number's end is not it"


def test_an_ordinary_word_that_is_a_name_counts_with_its_capital() -> None:
    known = Known(last_names=("PETIT",))
    assert said("un petit nodule", known) == []
    assert ("NOM", "Petit") in said("allergie chez Petit depuis", known)


def test_knowing_one_name_hides_no_other() -> None:
    text = "Dr Odile Kervella et Mme Solenn Tremeur"
    assert {words for _, words in said(text, Known(first_names=("ODILE",)))} == {words for _, words in said(text)}


@given(
    st.lists(st.sampled_from([*french_names()[1], "KERVELLA", "N'Diaye", "de La Tour"]), min_size=1, max_size=3),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=80),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=80),
    st.booleans(),
)
def test_no_known_name_is_left_whatever_surrounds_it(names: list[str], before: str, after: str, shout: bool) -> None:
    known = Known(last_names=tuple(names), birth_date=date(1950, 1, 2))
    name = names[0].upper() if shout else names[0]
    text = f"{before} {name} {after} 02/01/1950"
    spans = found(text, known)
    covered = {place for start, end, _ in spans for place in range(start, end)}
    where = text.index(f" {name} ") + 1
    assert all(place in covered for place in range(where, where + len(name)) if text[place].isalnum())
    assert all(place in covered for place in range(len(text) - 10, len(text)) if text[place].isdigit())


# ---- what is written instead


@pytest.mark.parametrize(
    ("words", "later"),
    [
        ("03/02/2021", "14/04/2021"),
        ("3/2/21", "14/4/21"),
        ("2021-02-03", "2021-04-14"),
        ("3 février 2021", "14 avril 2021"),
        ("3 FEV 2021", "14 AVR 2021"),
        ("mercredi 3 février 2021", "mercredi 14 avril 2021"),
        ("0 3 0 2 2 0 2 1", "1 4 0 4 2 0 2 1"),
        ("03022021", "14042021"),
        ("20210203", "20210414"),
        ("03/02", "14/04"),
        ("28nov", "06fev"),
        ("mai 2021", "juillet 2021"),
        ("05/2021", "07/2021"),
        ("2021", "2021"),
        ("fin 2021", "fin 2021"),
        ("O3/O2/2021", "14/04/2021"),
        ("décembre", "février"),
        ("3", "12"),
    ],
)
def test_a_date_is_shifted_in_its_own_form(words: str, later: str) -> None:
    assert shifted(words, days=70, near=DAY) == later


@pytest.mark.parametrize("words", ["31/02/2021", "trois mars deux mille vingt", "le", "dix-huit mai"])
def test_what_is_no_readable_date_is_blanked(words: str) -> None:
    assert shifted(words, days=70, near=DAY) is None
    assert OURS.of(Label.DATE, words, near=DAY) == "[…]"


@given(
    st.dates(date(1900, 3, 1), date(2090, 1, 1)),
    st.integers(-364, 364),
    st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d%m%Y"]),
)
def test_intervals_are_kept(day: date, days: int, form: str) -> None:
    later = shifted(day.strftime(form), days=days, near=DAY)
    assert later == (day + timedelta(days=days)).strftime(form)
    assert read(later)[1] - day == timedelta(days=days)  # type: ignore[index]


def test_the_same_words_have_the_same_surrogate_and_another_person_another() -> None:
    other = Surrogates(b"seed of another person, or study", 70)
    one = OURS.of(Label.LAST_NAME, "Kervella", near=DAY)
    assert one == OURS.of(Label.LAST_NAME, "kervella", near=DAY)
    assert OURS.of(Label.LAST_NAME, "KERVELLA", near=DAY) == one.upper()
    names = [f"Nom{number}" for number in range(40)]
    assert [OURS.of(Label.LAST_NAME, name, near=DAY) for name in names] != [
        other.of(Label.LAST_NAME, name, near=DAY) for name in names
    ]


@given(st.sampled_from(sorted(Label)), st.text(max_size=30))
def test_a_surrogate_is_never_what_it_replaces(label: Label, words: str) -> None:
    if label in (Label.DATE, Label.BIRTH_DATE) or not any(map(str.isalnum, words)):
        return
    new = OURS.of(label, words, near=DAY)
    digits = re.sub(r"\W", "", words)
    if len(digits) > 3:
        assert folded(words).strip() not in folded(new)


@pytest.mark.parametrize(
    ("words", "form"), [("06 11 22 33 44", r"\d\d \d\d \d\d \d\d \d\d"), ("28BG04493", r"\d\d[A-Z]{2}\d{5}"), ("75013", r"\d{5}")]
)
def test_numbers_keep_their_form(words: str, form: str) -> None:
    new = OURS.of(Label.PHONE, words, near=DAY)
    assert re.fullmatch(form, new) and new != words


def test_a_note_rewritten() -> None:
    known = Known(
        last_names=("TREMEUR",),
        first_names=("SOLENN",),
        birth_date=date(1961, 2, 3),
        numbers=(("8001234567", Label.PATIENT_NUMBER),),
    )
    text = "Mme Tremeur Solenn, née le 03/02/1961 (IPP 8001234567), vue le 12/04/2020 à 9h. Solenn va bien, Hb 12.4 g/dl."
    new, spans = rewritten(text, known=known, surrogates=OURS, near=DAY)
    assert not re.search(r"tremeur|solenn|03/02/1961|8001234567|12/04/2020", new, re.I)
    assert "14/04/1961" in new and "21/06/2020" in new and "Hb 12.4 g/dl" in new
    first = new[spans[1].start :].split(",")[0]
    assert len(spans) == 6 and new.count(OURS.of(Label.FIRST_NAME, "Solenn", near=DAY)) == 2, first


@pytest.mark.parametrize(
    "part",
    [
        "1",
        "a",
        "a.",
        "a@",
        "A-",
        "A ",
        "Saint-",
        "1 rue de ",
        "Dr Jean de la ",
        "(01) ",
        "12/",
        "Nom : ",
        "mai ",
        "deux mille ",
        "75001 ",
        " ",
        "\n",
    ],
)
def test_a_hostile_text_is_read_in_a_time_that_grows_with_its_length(part: str) -> None:
    """No clock: where the time grew with the square, these would take hours."""
    text = part * (100_000 // len(part))
    assert all(one.end <= other.start for one, other in pairwise(found(text)))


@pytest.mark.parametrize(
    ("said", "later"),
    [("06/05/2180", "16/05/2180"), ("2180-05-06", "2180-05-16"), ("6 mai 2180", "16 mai 2180"), ("7.11.2135", "17.11.2135")],
)
def test_a_date_of_a_century_to_come_is_moved_as_any(said: str, later: str) -> None:
    "A source that moved its dates before us writes 2180."
    text = f"Vu le {said} à 10 h"
    assert said in [text[span.start : span.end] for span in find_dates(text)]
    assert shifted(said, days=10, near=date(2180, 5, 1)) == later


def test_a_number_that_looks_like_a_far_year_is_left() -> None:
    assert not [*find_dates("GB 2180, diurèse 2100 ml")]
