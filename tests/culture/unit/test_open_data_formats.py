"""Formats of open data: each published file, in small, with invented content."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from diptych.culture.domain.catalogue.rules.subcategories import BY_ID
from diptych.culture.domain.venues.terms import Activity
from diptych.culture.gateways.open_data import events
from diptych.culture.gateways.open_data.formats import SHAPES, as_markdown
from diptych.culture.gateways.open_data.reading import open_reading
from diptych.culture.gateways.open_data.reasons import Fault
from diptych.culture.gateways.open_data.shapes import Shape


def table(tmp_path: Path, name: str, *rows: dict, separator: str = ";", line_end: str = "\r\n", bom: bool = True) -> Path:
    """A file of the shape `name`, as its publisher would write it: every column, the given values."""
    shape: Shape = next(shape for shape in SHAPES if shape.name == name)
    names = list(dict.fromkeys([*(column.name for column in shape.columns), *sorted(shape.signature)]))
    lines = ([] if shape.headless else [separator.join(f'"{n.replace(chr(34), chr(34) * 2)}"' for n in names)]) + [
        separator.join(f'"{row.get(n, "")}"' for n in names) for row in rows
    ]
    path = tmp_path / f"{name}.csv"
    path.write_bytes((("\ufeff" if bom else "") + line_end.join(lines) + line_end).encode())
    return path


def read(path: Path, kind: str) -> tuple[list, list[Fault]]:
    with open_reading(path=path, kind=kind, shapes=SHAPES) as reading:
        every = list(reading.rows())
    return [row for row in every if not isinstance(row, Fault)], [row for row in every if isinstance(row, Fault)]


def test_places_from_five_files(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text(
        "1400;L ILE VERTE;46.15;4.92;Île-Verte;L'Île-Verte;1;Ain;Auvergne-Rhône-Alpes\n55000;CULEY;;;Culey;Culey;55;Meuse;Est\n"
    )
    (point,), (fault,) = read(path, "places")
    assert (point.line, point.postcode, point.name, point.department, point.latitude) == (1, "01400", "L'Île-Verte", "01", 46.15)
    assert (fault.line, fault.column, fault.code, fault.skipped) == (2, "latitude", "missing", True)

    (row,), _ = read(table(tmp_path, "population", {"Code département": "1", "Total": "679498"}), "places")
    assert (row.code, row.population) == ("01", 679498)

    for name, content, fields in (
        ("regions", {"code": "53", "chefLieu": "35238", "nom": "Bretagne"}, ("53", "Bretagne")),
        (
            "departments",
            {"code": "35", "region": "53", "chefLieu": "35238", "nom": "Ille-et-Vilaine"},
            ("35", "Ille-et-Vilaine", "53"),
        ),
    ):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps([content]))
        (row,), _ = read(path, "places")
        assert tuple(getattr(row, field) for field in row.__slots__[1:]) == fields


def test_a_museum(tmp_path):
    row = {
        "Identifiant": "M9999",
        "Nom_officiel": "musée du sel",
        "Adresse": "3 quai des Marais",
        "Lieu": "Ancienne saline",
        "Code_postal": "44350 cedex",
        "Ville": "Guérande",
        "URL": "musee-du-sel.example/",
        "Telephone": "02 40 00 00 00 ; 02 40 00 00 01",
        "Domaine_thematique": "Ethnologie;Histoire",
        "Histoire": "Né en 1984.",
        "Atout": "Des outils.",
        "Coordonnees": "47.328, -2.429",
    }
    (museum,), faults = read(table(tmp_path, "museums", row, separator="|", line_end="\n", bom=False), "museums")
    assert faults == []
    assert (museum.source, museum.source_id, museum.activity) == ("museofile", "M9999", Activity.MUSEUM)
    assert (museum.name, museum.postcode, museum.address) == ("Musée du sel", "44350", "Ancienne saline, 3 quai des Marais")
    assert (museum.website, museum.phone) == ("https://musee-du-sel.example/", "02 40 00 00 00")
    assert (museum.latitude, museum.longitude) == (47.328, -2.429)
    assert museum.description == "Ethnologie;Histoire\n\nDes outils.\n\nNé en 1984."


def test_entries_of_a_museum(tmp_path):
    rows = [
        {"IDMuseofile": "M9999", "annee": "2023", "total": "120", "scolaires": "30"},
        {"IDMuseofile": "M9999", "annee": "2023", "total": "1"},
    ]
    (entries,), (fault,) = read(table(tmp_path, "attendance", *rows), "museums")
    assert (entries.year, entries.total, entries.schools, entries.free) == (2023, 120, 30, None)
    assert fault.code == "duplicate_id"


def test_a_cinema_with_decimal_commas(tmp_path):
    row = {
        "N° auto": "77",
        "nom": "CINEMA LE GRAND LARGE",
        "adresse": "12 RUE DU PORT",
        "code INSEE": "35288",
        "commune": "Saint-Malo",
        "DEP": "35",
        "écrans": "3,0",
        "fauteuils": "412,0",
        "AE": "OUI",
        "genre": "FIXE",
        "latitude": "48,65",
        "longitude": "-2,01",
    }
    (cinema,), faults = read(table(tmp_path, "cinemas", row, {**row, "N° auto": "78", "écrans": "trois"}), "cinemas")[0][:1], []
    assert (cinema.name, cinema.address, cinema.insee) == ("Cinema le Grand Large", "12 Rue du Port", "35288")
    assert cinema.description == "3 écrans, 412 fauteuils, classé Art et Essai."
    assert (cinema.latitude, cinema.longitude) == (48.65, -2.01)
    _, faults = read(tmp_path / "cinemas.csv", "cinemas")
    assert [(fault.line, fault.column, fault.code, fault.skipped) for fault in faults] == [(3, "écrans", "not_a_number", False)]


def test_a_name_in_capitals_is_written_as_a_person_would(tmp_path):
    row = {"N° auto": "1", "commune": "Brest", "nom": "CGR LE REX DE LA GARE", "adresse": "LE CLOS DU ROY"}
    (cinema, kept), _ = read(table(tmp_path, "cinemas", row, {**row, "N° auto": "2", "nom": "UGC Ciné Cité"}), "cinemas")
    assert (cinema.name, cinema.address, kept.name) == ("CGR le Rex de la Gare", "Le Clos du Roy", "UGC Ciné Cité")


def test_a_file_without_a_column_that_is_not_needed_is_read(tmp_path):
    path = tmp_path / "libraries.csv"
    path.write_text("Ville,Autre,Code_bib,nom_de_l_etablissement\nBrest,x, LI1 ,Médiathèque  des Quais\nBrest,y,,Sans code\n")
    (library,), (fault,) = read(path, "libraries")
    assert (library.source_id, library.name, library.city, library.postcode) == ("LI1", "Médiathèque des Quais", "Brest", "")
    assert (fault.line, fault.column, fault.code) == (3, "Code_bib", "missing")


def test_libraries_without_offices(tmp_path):
    row = {
        "Code_bib": "LI1",
        "nom_de_l_etablissement": "Médiathèque des Halles",
        "CP": "2300",
        "Ville": "Trosly-Loire",
        "code_departement": "02",
        "type_adresse": "Bâtiment ouvert",
        "site_internet": "NC",
        "nombre_de_places": "12",
        "connexion_wi_fi": "Oui",
    }
    office = {**row, "Code_bib": "LI2", "type_adresse": "Lieu uniquement administratif"}
    (library,), (fault,) = read(table(tmp_path, "libraries", row, office, separator=","), "libraries")
    assert (library.postcode, library.website, library.description) == ("02300", "", "12 places assises, wifi.")
    assert (fault.line, fault.code, fault.skipped) == (3, "other_sort", True)


def test_festivals_that_share_an_identifier_are_two(tmp_path):
    row = {
        "Identifiant": "FEST__1",
        "Nom du festival": "Jazz du lagon",
        "Discipline dominante": "Musique",
        "Code Insee commune": "6088",
    }
    rows = [row, {**row, "Nom du festival": "Cinéma du lagon"}, row]
    found, faults = read(table(tmp_path, "festivals", *rows), "festivals")
    assert [festival.source_id for festival in found] == ["FEST__1:Jazz du lagon", "FEST__1:Cinéma du lagon"]
    assert [festival.insee for festival in found] == ["06088", "06088"]
    assert [(fault.line, fault.code) for fault in faults] == [(4, "duplicate_id")]


def test_titles_of_sane_damaged_and_shifted_years(tmp_path):
    def title(year, loans, name, creator, *rest):
        keys = ("Editeur", "Indice", "BIB", "COTE", "Cat 1", "Cat 2")
        return {"ANNEE": year, "Nbre de prêts": loans, "TITRE": name, "AUTEUR": creator, **dict(zip(keys, rest, strict=True))}

    rows = [
        title(
            "2018",
            "40",
            "Été sauvage / Inès Môrel",
            "Môrel, Inès (1980-....)",
            "Paris : Ancre, 2011",
            "R",
            "CAB",
            "R",
            "A",
            "ROM",
        ),
        title("2019", "55", "âEtâe sauvage / Ináes Mãorel", "Mãorel, Ináes", "-", "Paris : Ancre, 2011", "R", "CAB", "R", "A"),
        title("2019", "99", "Le Grand Hebdo", "-", "-", "Paris : Ancre, 1999-", "-", "CAB", "P HEB", "A"),
        title("2018", "98", "Le Grand Hebdo", "-", "Paris : Ancre, 1999-", "-", "CAB", "P HEB", "A", "PERIO"),
    ]
    found, faults = read(table(tmp_path, "titles", *rows), "titles")
    assert {(row.source_id, row.name, row.creator, row.publisher) for row in found} == {
        ("book:ete-sauvage:ines-morel", "Été sauvage", "Inès Môrel", "Paris : Ancre, 2011")
    }
    assert [(row.year, row.loans, row.subcategory) for row in found] == [(2018, 40, "LIVRE_PAPIER"), (2019, 55, "LIVRE_PAPIER")]
    assert [fault.code for fault in faults] == ["other_sort", "other_sort"]


def test_schools_without_offices(tmp_path):
    row = {
        "Identifiant_de_l_etablissement": "0352072M",
        "Nom_etablissement": "Lycée des Embruns",
        "Type_etablissement": "Lycée",
        "Code_departement": "035",
        "Nom_commune": "Saint-Malo",
        "Code postal": "35400",
        "latitude": "48.6",
        "longitude": "",
    }
    office = {**row, "Identifiant_de_l_etablissement": "0350852L", "Type_etablissement": "Service Administratif"}
    (school,), (fault,) = read(table(tmp_path, "directory", row, office), "schools")
    assert (school.uai, school.department, school.latitude, school.source) == ("0352072M", "35", None, "annuaire")
    assert fault.code == "other_sort"
    listed = {
        "numero_uai": "0352072M",
        "denomination_principale": "COLLEGE",
        "patronyme_uai": "DES EMBRUNS",
        "libelle_commune": "Saint-Malo",
    }
    (school,), _ = read(table(tmp_path, "schools", listed), "schools")
    assert (school.name, school.source) == ("College Des embruns", "education")


def test_an_event_of_the_olympiad(tmp_path):
    event = {
        "name": "Le bal des marées, un très long titre de projet qui ne tient pas en quatre-vingt-dix caractères, hélas",
        "nom_structure": "La Vague",
        "presentation_projet": "Un bal.",
        "date_debut": "2026-06-13T18:00:00+00:00",
        "date_fin": "2026-06-13T17:00:00+00:00",
        "lieu_presentation": "Halle",
        "addresse": "3 quai Vert, 35400 Saint-Malo, France",
        "tarif": "Payant",
        "detail_tarif": "10 euros plein tarif - 6 euros tarif réduit",
        "discipline_projet": "Danse, Musique",
        "longitude": -2.0,
        "latitude": 48.6,
    }
    path = tmp_path / "jop.json"
    path.write_text(json.dumps({"8": event}, indent=4))
    (offer,), (fault,) = read(path, "events")
    assert (fault.code, fault.skipped) == ("ended_before_start", False)
    assert (offer.source_id, offer.subcategory) == ("8", "SPECTACLE_REPRESENTATION")
    assert len(offer.name) <= 90 and offer.name.endswith("…")
    assert offer.description.startswith(event["name"])
    assert (offer.place.postcode, offer.place.city) == ("35400", "Saint-Malo")
    (session,) = offer.sessions
    assert (session.starts_at, session.price_cents, session.quantity) == (datetime(2026, 6, 13, 18, tzinfo=UTC), 1000, 0)


def test_events_of_an_agenda(tmp_path):
    fields = {
        "uid": "1",
        "title_fr": "Atelier gravure",
        "longdescription_fr": "<p>Venez&nbsp;!</p><script>x</script><ul><li>Encre</li></ul>",
        "timings": json.dumps([{"begin": "2026-03-18T09:00:00+01:00", "end": "2026-03-18T10:00:00+01:00"}]),
        "status": json.dumps({"id": 1}),
        "attendancemode": json.dumps({"id": 1}),
        "conditions_fr": "Entrée libre",
        "location_name": "Le Phare",
        "location_coordinates": [48.6, -2.0],
        "accessibility": "hi;mi",
    }
    records = [fields, {**fields, "uid": "2", "status": '{"id": 6}'}, {**fields, "uid": "3", "timings": "[{}]"}]
    path = tmp_path / "agenda.json"
    path.write_text(json.dumps({"nhits": 3, "parameters": {"rows": 3}, "records": [{"fields": each} for each in records]}))
    (offer,), faults = read(path, "events")
    assert (offer.subcategory, offer.description) == ("ATELIER_PRATIQUE_ART", "Venez\u00a0!\nEncre")
    assert (offer.accessible_audio, offer.accessible_motor, offer.accessible_visual) == (True, True, False)
    assert (offer.sessions[0].price_cents, offer.sessions[0].quantity) == (0, None)
    assert [(fault.column, fault.code) for fault in faults] == [
        ("status", "other_sort"),
        ("timings", "wrong_type"),
        ("timings", "missing"),
    ]


def test_a_digital_offer(tmp_path):
    row = {
        "Identifiant (ID)": "859",
        "Nom de l'organisme": "Institut des Vagues",
        "Code postal": "35400",
        "Commune": "Saint-Malo",
        "Lien vers la ressource": "https://vagues.example/",
        "Titre de la ressource": "Sons de mer",
        "Activité proposée (apprendre, se divertir, s’informer,...)": "Audios",
    }
    path = table(tmp_path, "digital", row, {**row, "Identifiant (ID)": "860", "Lien vers la ressource": "bientôt"}, separator=",")
    (offer,), (fault,) = read(path, "events")
    assert (offer.subcategory, offer.url, offer.name) == (
        "PODCAST",
        "https://vagues.example/",
        "Sons de mer – Institut des Vagues",
    )
    assert (offer.place.activity, offer.place.source_id) == (Activity.DIGITAL, "institut-des-vagues-35400")
    assert (fault.line, fault.code, fault.skipped) == (3, "not_a_link", True)


SANE = {
    "museums": {"Identifiant": "M1", "Nom_officiel": "musée", "Ville": "Dinan"},
    "attendance": {"IDMuseofile": "M1", "annee": "2023", "total": "3"},
    "cinemas": {"N° auto": "1", "nom": "REX", "commune": "Dinan"},
    "libraries": {"Code_bib": "L1", "nom_de_l_etablissement": "Halles", "Ville": "Dinan"},
    "festivals": {"Identifiant": "F1", "Nom du festival": "Marées", "Discipline dominante": "Musique"},
    "digital": {
        "Identifiant (ID)": "1",
        "Nom de l'organisme": "A",
        "Titre de la ressource": "B",
        "Lien vers la ressource": "a.example",
    },
    "titles": {"ANNEE": "2018", "Nbre de prêts": "3", "TITRE": "Bal", "Cat 2": "ROM"},
    "schools": {"numero_uai": "0352072M", "appellation_officielle": "Collège", "libelle_commune": "Dinan"},
    "directory": {"Identifiant_de_l_etablissement": "0352072M", "Nom_etablissement": "Lycée", "Nom_commune": "Dinan"},
    "social_index": {"Rentrée scolaire": "2023", "UAI": "0352072M", "IPS": "100"},
    "population": {"Code département": "35", "Total": "3"},
    "points": {"postcode": "35400", "postal name": "SAINT MALO", "name": "Saint-Malo", "latitude": "48.6", "longitude": "-2"},
}
HOSTILE = (
    "\x00",
    "x" * 50_000,
    "é" * 450,
    "{0.__class__}",
    "\\N",
    "-1",
    "1e400",
    "9" * 400,
    "٣",
    "²",
    "a/b / c",
    "Ã©",
    "\ufffd",
    " - ",
)


@pytest.mark.parametrize("name", SANE)
def test_no_value_stops_a_reader(tmp_path, name):
    shape = next(shape for shape in SHAPES if shape.name == name)
    sane = SANE[name]
    rows = [sane, *({**sane, column.name: value} for column in shape.columns for value in HOSTILE)]
    found, faults = read(table(tmp_path, name, *rows, separator=shape.separator), shape.kind)
    assert found
    first = 1 if shape.headless else 2
    lines = range(first, first + len(rows))
    assert {fault.line for fault in faults} | {row.line for row in found} == set(lines)


def test_every_subcategory_named_exists():
    named = {subcategory for words in (events.DISCIPLINES, events.KEYWORDS, events.ACTIVITIES) for _, subcategory in words}
    assert named | {"RENCONTRE", "APP_CULTURELLE", "RENCONTRE_EN_LIGNE"} <= set(BY_ID)
    assert all(BY_ID[subcategory].platform == "on" for _, subcategory in events.ACTIVITIES)
    assert all(BY_ID[subcategory].is_event for _, subcategory in (*events.DISCIPLINES, *events.KEYWORDS))


def test_the_documentation_is_what_the_shapes_say():
    page = Path(__file__).parents[3] / "docs" / "generated" / "open-data-formats.md"
    assert page.read_text() == as_markdown(), "run: diptych culture import formats > docs/generated/open-data-formats.md"
