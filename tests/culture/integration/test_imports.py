"""Imports of open data into the database: all or nothing, twice without a change, and what a person edited is kept."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from typer.testing import CliRunner

from diptych.commons.refusal import Refused
from diptych.culture.commands.imports import app, import_files, import_folder
from diptych.culture.domain.catalogue.models import Offer, Product, Stock
from diptych.culture.domain.schools.models import School
from diptych.culture.domain.venues.models import Commune, Department, Venue
from diptych.culture.domain.venues.operations.gazetteer import Gazetteer

ROOT = Path(__file__).parents[3]
REAL = ROOT.parent / "shared" / "data" / "culture"
AT = datetime(2026, 11, 24, tzinfo=UTC)

COMMUNES = [
    {
        "code": "35288",
        "nom": "Saint-Malo",
        "departement": "35",
        "type": "commune-actuelle",
        "zone": "metro",
        "codesPostaux": ["35400"],
    },
    {
        "code": "22050",
        "nom": "Dinan",
        "departement": "22",
        "type": "commune-actuelle",
        "zone": "metro",
        "codesPostaux": ["22100"],
    },
]
LIBRARIES = (
    "Code_bib,nom_de_l_etablissement,Ville,CP,code_departement,type_adresse,Adresse,Latitude,Longitude,site_internet,"
    "nombre_de_places,ouverture_le_dimanche,connexion_wi_fi,gratuite_des_services\n"
)
AGENDA_TIMES = [{"begin": "2027-03-18T09:00:00+01:00"}, {"begin": "2027-03-19T09:00:00+01:00"}]


@pytest.fixture
def places(tmp_path, db):
    path = tmp_path / "communes.json"
    path.write_text(json.dumps(COMMUNES))
    return import_files(kind="places", paths=[path])


def libraries(tmp_path: Path, *rows: str, name: str = "libraries.csv") -> Path:
    path = tmp_path / name
    path.write_text(LIBRARIES + "".join(f"{row}\n" for row in rows))
    return path


def agenda(tmp_path: Path, times: list, **fields) -> Path:
    event = {
        "uid": "1", "title_fr": "Concert des marées", "timings": json.dumps(times), "conditions_fr": "Entrée libre",
        "location_name": "Le Phare", "location_uid": "9", "location_city": "Saint-Malo", "location_postalcode": "35400", **fields,
    }  # fmt: skip
    path = tmp_path / "agenda.json"
    path.write_text(json.dumps({"records": [{"fields": event}]}))
    return path


ONE = "LI1,Médiathèque des Halles,St Malo,35400,35,Bâtiment ouvert,1 quai Vert,48.6,-2.0,halles.example,12,Non,Oui,Oui"
TWO = "LI2,Bibliothèque du Fort,DINAN,22100,22,Bâtiment ouvert,2 rue du Fort,,,,,,,"


def test_venues_are_created_then_unchanged_then_changed(tmp_path, places):
    path = libraries(tmp_path, ONE, TWO)
    first, second = import_files(kind="libraries", paths=[path]), import_files(kind="libraries", paths=[path])
    assert first.tables["venues"].created == 2
    assert first.changed_anything
    assert (second.tables["venues"].unchanged, second.changed_anything) == (2, False)
    halles, fort = Venue.objects.order_by("source_id")
    assert (halles.commune_id, halles.department, halles.website) == ("35288", "35", "https://halles.example")
    assert (fort.commune_id, fort.latitude) == ("22050", None)
    third = import_files(kind="libraries", paths=[libraries(tmp_path, ONE.replace("Halles", "Remparts"), TWO)])
    assert (third.tables["venues"].changed, third.tables["venues"].unchanged) == (1, 1)
    assert Venue.objects.get(source_id="LI1").id == halles.id


def test_a_venue_listed_in_two_files_is_made_once_as_the_later_says(tmp_path, places):
    later = libraries(tmp_path, ONE.replace("Halles", "Remparts"), name="later.csv")
    report = import_files(kind="libraries", paths=[libraries(tmp_path, ONE, TWO), later])
    assert (report.tables["venues"].created, report.tables["venues"].changed, report.tables["venues"].unchanged) == (2, 0, 0)
    assert Venue.objects.get(source_id="LI1").name == "Médiathèque des Remparts"


def test_a_commune_is_found_by_its_code_else_by_its_name_where_that_is_certain(places):
    Commune.objects.create(insee="35900", name="Le Bourg", department="35", postcodes=["35100", "35120"])
    Commune.objects.create(insee="35901", name="Le-Bourg", department="35", postcodes=["35130"])
    with connection.cursor() as cursor:
        gazetteer = Gazetteer(cursor)
    found = {"insee": "", "city": "", "postcode": "", "department": ""}
    for insee, department, postcode in (("35288", "35", "35400"), ("22050", "22", "22100"), ("35900", "35", "")):
        assert gazetteer.find(**found | {"insee": insee}) == (insee, department, postcode)
    assert gazetteer.find(**found | {"insee": "35999"}) is None
    by_name = found | {"city": "LE BOURG CEDEX 2", "department": "35"}
    assert gazetteer.find(**by_name) is None  # two have the name
    assert gazetteer.find(**by_name | {"postcode": "35120"}) == ("35900", "35", "")
    assert gazetteer.find(**by_name | {"postcode": "22130", "city": "dinan"}) == ("22050", "22", "22100")
    assert gazetteer.find(**by_name | {"city": "St Malo", "insee": "35999"}) == ("35288", "35", "35400")


def test_what_a_person_edited_is_kept(tmp_path, places):
    import_files(kind="libraries", paths=[libraries(tmp_path, ONE, TWO)])
    Venue.objects.filter(source_id="LI1").update(name="Les Halles, chez Malo", edited_at=AT)
    report = import_files(kind="libraries", paths=[libraries(tmp_path, ONE, TWO)])
    assert (report.tables["venues"].kept, report.tables["venues"].unchanged) == (1, 1)
    assert Venue.objects.get(source_id="LI1").name == "Les Halles, chez Malo"


def test_a_row_of_an_unknown_commune_is_kept_with_a_note(tmp_path, places):
    report = import_files(kind="libraries", paths=[libraries(tmp_path, ONE.replace("St Malo", "Ys"))])
    (fault,) = report.faults.values()
    assert (fault.column, fault.code, fault.skipped, fault.lines) == ("commune", "unknown_commune", False, [2])
    assert Venue.objects.get().commune_id is None


HOSTILE = (
    "\x00",
    "\ud800",
    "x" * 50_000,
    "é" * 450,
    "{0.__class__}",
    "'; drop table venues_venue; --",
    "\\N",
    "\\.",
    "\t",
    2**70,
    -1,
    1e400,
    [[]],
    True,
)


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:12])
def test_no_value_stops_an_import(tmp_path, places, value):
    keys = [
        "title_fr",
        "description_fr",
        "longdescription_fr",
        "conditions_fr",
        "timings",
        "status",
        "uid",
        "keywords_fr",
        "accessibility",
    ]
    keys += [
        f"location_{name}"
        for name in ["name", "address", "city", "postalcode", "insee", "phone", "website", "coordinates", "uid"]
    ] + ["canonicalurl"]
    path = tmp_path / "agenda.json"
    sane = {"title_fr": "Concert", "timings": json.dumps(AGENDA_TIMES), "location_name": "Phare", "uid": "ok"}
    records = [{"fields": fields} for fields in (sane, *({**sane, "uid": key, key: value} for key in keys))]
    path.write_text(json.dumps({"records": records}))
    if value == 1e400:  # json writes Infinity, which is no JSON
        with pytest.raises(Refused):
            import_files(kind="events", paths=[path])
        return
    report = import_files(kind="events", paths=[path])
    assert report.files[0].rows + report.files[0].skipped == report.files[0].records
    assert Offer.objects.filter(source_id="ok").exists()
    assert not import_files(kind="events", paths=[path]).changed_anything
    if not isinstance(value, str) or value in ("\x00", "\ud800"):
        return
    path = libraries(tmp_path, ONE.replace("Halles", value.replace(",", " ")[:300]))
    assert import_files(kind="libraries", paths=[path]).changed_anything
    assert not import_files(kind="libraries", paths=[path]).changed_anything


def test_places_come_first(tmp_path, db):
    with pytest.raises(Refused) as refused:
        import_files(kind="libraries", paths=[libraries(tmp_path, ONE)])
    assert refused.value.code == "venues.places_first"


def test_a_list_cut_between_two_rows_is_refused_unless_accepted(tmp_path, places):
    rows = [ONE.replace("LI1", f"LI{n}") for n in range(1, 10)]
    import_files(kind="libraries", paths=[libraries(tmp_path, *rows)])
    cut = libraries(tmp_path, *[row.replace("Halles", "Remparts") for row in rows[:4]])
    with pytest.raises(Refused) as refused:
        import_files(kind="libraries", paths=[cut])
    assert refused.value.code == "venues.far_fewer"
    assert not Venue.objects.filter(name__contains="Remparts").exists()
    assert import_files(kind="libraries", paths=[cut], accept_fewer=True).tables["venues"].changed == 4


def test_one_bad_file_of_two_imports_neither(tmp_path, places):
    good = libraries(tmp_path, ONE)
    bad = libraries(tmp_path, TWO, name="cut.csv")
    bad.write_text(bad.read_text()[:-20])
    with pytest.raises(Refused) as refused:
        import_files(kind="libraries", paths=[good, bad])
    assert refused.value.code == "open_data.truncated"
    assert not Venue.objects.exists()


def test_a_dry_run_reports_and_writes_nothing(tmp_path, places):
    report = import_files(kind="libraries", paths=[libraries(tmp_path, ONE)], dry_run=True)
    assert report.tables["venues"].created == 1
    assert not Venue.objects.exists()


def test_events_with_their_dates(tmp_path, places):
    first = import_files(kind="events", paths=[agenda(tmp_path, AGENDA_TIMES)])
    assert {name: merged.created for name, merged in first.tables.items()} == {"venues": 1, "offers": 1, "dates": 2}
    assert not import_files(kind="events", paths=[agenda(tmp_path, AGENDA_TIMES)]).changed_anything
    offer = Offer.objects.get()
    assert (offer.subcategory, offer.venue.commune_id, offer.withdrawal) == ("CONCERT", "35288", "on_site")
    assert set(offer.stocks.values_list("price_cents", "quantity")) == {(0, None)}


def test_a_date_that_the_file_no_longer_has_is_withdrawn_unless_booked(tmp_path, places):
    import_files(kind="events", paths=[agenda(tmp_path, AGENDA_TIMES)])
    booked, free = Stock.objects.order_by("starts_at")
    Stock.objects.filter(id=booked.id).update(booked=1)
    report = import_files(kind="events", paths=[agenda(tmp_path, [{"begin": "2027-03-20T09:00:00+01:00"}])])
    assert report.tables["dates"].created == 1
    assert report.tables["withdrawn dates"].changed == 1
    free.refresh_from_db()
    booked.refresh_from_db()
    assert free.deleted_at is not None
    assert booked.deleted_at is None


def test_a_booked_date_keeps_its_price(tmp_path, places):
    import_files(kind="events", paths=[agenda(tmp_path, AGENDA_TIMES)])
    Stock.objects.update(booked=1)
    report = import_files(kind="events", paths=[agenda(tmp_path, AGENDA_TIMES, conditions_fr="12 €")])
    assert [(fault.code, fault.count) for fault in report.faults.values()] == [("booked_or_edited", 2)]
    assert set(Stock.objects.values_list("price_cents", flat=True)) == {0}


def test_the_command_prints_its_report_as_json(tmp_path, places):
    result = CliRunner().invoke(app, ["libraries", str(libraries(tmp_path, ONE, TWO)), "--json"])
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert report["tables"]["venues"] == {"created": 2, "changed": 0, "unchanged": 0, "kept": 0}
    assert report["files"] == [{"file": "libraries.csv", "format": "libraries", "records": 2, "rows": 2, "skipped": 0}]


def test_the_command_refuses_with_a_code_on_standard_error(tmp_path, places):
    path = libraries(tmp_path, ONE)
    result = CliRunner().invoke(app, ["cinemas", str(path)])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("open_data.other_kind: libraries.csv: this looks like")
    assert "diptych culture import libraries libraries.csv" in result.stderr
    result = CliRunner().invoke(app, ["cinemas", str(path), "--json"])
    assert json.loads(result.stderr)["code"] == "open_data.other_kind"


def test_the_command_prints_its_report_for_a_person(tmp_path, places):
    result = CliRunner().invoke(app, ["libraries", str(libraries(tmp_path, ONE.replace("St Malo", "Ys")))])
    assert "Imported." in result.stdout
    assert "unknown_commune" in result.stdout
    assert (
        "Nothing changed" in CliRunner().invoke(app, ["libraries", str(libraries(tmp_path, ONE.replace("St Malo", "Ys")))]).stdout
    )


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_midway_imports_nothing(tmp_path):
    place = tmp_path / "communes.json"
    place.write_text(json.dumps(COMMUNES))
    import_files(kind="places", paths=[place])
    path = libraries(tmp_path, *(ONE.replace("LI1", f"LI{n}") for n in range(120_000)))
    database = connection.settings_dict
    url = f"postgresql:///{database['NAME']}?host={quote(database['HOST'])}&port={database['PORT']}&user={database['USER']}"
    script = "import django, sys; django.setup(); from diptych.culture.commands.imports import app; app()"
    process = subprocess.Popen(
        [sys.executable, "-c", script, "libraries", str(path)],
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DIPTYCH_MODE": "test",
            "DJANGO_SETTINGS_MODULE": "diptych.culture.site.settings",
        },
        cwd=ROOT,
    )
    copied = 0
    deadline = time.monotonic() + 60
    with connection.cursor() as cursor:
        while copied < 1_000 and process.poll() is None and time.monotonic() < deadline:
            cursor.execute("select coalesce(max(tuples_processed), 0) from pg_stat_progress_copy")
            (copied,) = cursor.fetchone()
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert copied >= 1_000
    assert not Venue.objects.exists()


COUNTED = {
    "places": (
        [
            "communes_etalab.json",
            "communes_lat_lon.csv",
            "departements_etalab.json",
            "regions_etalab.json",
            "population_par_dept.csv",
        ],
        {"communes": 35_014, "departments": 109},
    ),
    "museums": (["museofile.csv", "musees_entrees_categories_de_public.csv"], {"venues": 1_222, "attendance": 11_019}),
    "cinemas": (["etablissements-cinematographiques.csv"], {"venues": 2_061}),
    "libraries": (["bibliotheques_publiques.csv"], {"venues": 15_495}),
    "festivals": (["festivals-global-festivals.csv"], {"venues": 7_282}),
    "events": (
        ["jop2024_olympiade_culturelle_evenements.json", "openagenda_public_sample_40.json", "culturecheznous.csv"],
        {"offers": 1_458, "dates": 1_316},
    ),
    "titles": (["toulouse-top500-imprimes.csv", "toulouse-top500-films.csv", "toulouse-top500-cds.csv"], {"products": 7_552}),
    "schools": (
        ["etablissements_scolaires_geoloc.csv", "annuaire-education-35.csv", "colleges_ips.csv"],
        {"schools": 7_652, "directory": 832},
    ),
}


@pytest.mark.real_data
@pytest.mark.skipif(not REAL.exists(), reason=f"the official files are not here: {REAL}")
def test_every_official_file_imports_twice(db):
    speed = {}
    for kind, (files, created) in COUNTED.items():
        first = import_files(kind=kind, paths=[REAL / file for file in files])
        assert {name: first.tables[name].created for name in created} == created
        assert all(file.rows + file.skipped >= file.records for file in first.files)
        speed[kind] = first.rows_per_second
    for kind, (files, _) in COUNTED.items():
        second = import_files(kind=kind, paths=[REAL / file for file in files])
        assert not second.changed_anything, (kind, second.tables)
    print(f"rows a second: {speed}")
    assert Commune.objects.filter(latitude=None).count() < 500
    assert Department.objects.get(code="35").region_name == "Bretagne"
    assert Venue.objects.get(source="cnc", source_id="31").commune_id == "75108"
    placed = Counter(Venue.objects.exclude(commune=None).values_list("source", flat=True))
    assert placed["bibliotheques"] > 15_300
    assert Product.objects.get(source_id="film:le-chateau-ambulant:hayao-miyazaki").name == "Le château ambulant"
    assert School.objects.exclude(social_position_index=None).count() == 6_954


@pytest.mark.real_data
@pytest.mark.skipif(not REAL.exists(), reason=f"the official files are not here: {REAL}")
def test_an_official_file_cut_anywhere_is_refused(tmp_path, places):
    for kind, name in (
        ("museums", "museofile.csv"),
        ("festivals", "festivals-global-festivals.csv"),
        ("places", "communes_etalab.json"),
    ):
        whole = (REAL / name).read_bytes()
        for part in (0.1, 0.37, 0.5, 0.83, 0.999):
            cut = tmp_path / name
            cut.write_bytes(whole[: int(len(whole) * part)])
            with pytest.raises(Refused) as refused:
                import_files(kind=kind, paths=[cut])
            assert refused.value.code == "open_data.truncated"
    assert not Venue.objects.exists()


def test_a_whole_folder_is_imported_in_order_and_says_what_it_left(tmp_path, db):
    (tmp_path / "a.json").write_text(json.dumps(COMMUNES))
    libraries(tmp_path, ONE, name="0.csv")
    (tmp_path / "notes.txt").write_text("rien\n")
    reports, left = import_folder(folder=tmp_path)
    assert [(report.kind, report.changed_anything) for report in reports] == [("places", True), ("libraries", True)]
    assert left == {"notes.txt": "open_data.unknown_kind"}
    result = CliRunner().invoke(app, ["all", str(tmp_path), "--json"])
    assert result.exit_code == 0
    assert [report["changed_anything"] for report in json.loads(result.stdout)["reports"]] == [False, False]


@pytest.mark.real_data
@pytest.mark.skipif(not REAL.exists(), reason=f"the official files are not here: {REAL}")
def test_the_how_to_works(db):
    page = (ROOT / "docs" / "how-to" / "import-open-data.md").read_text()
    commands = [line for line in page.splitlines() if line.startswith("diptych culture import ")]
    assert len(commands) == 11
    for command in commands:
        arguments = command.removeprefix("diptych culture import ").replace("$D", str(REAL)).split()
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.stderr
