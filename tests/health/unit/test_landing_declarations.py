"""Declarations of sources: what is read of them, and every fault told with its file and key."""

from datetime import timedelta
from pathlib import Path

import pytest

from ..landings import BUNDLE, HEAD, PATIENTS

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified.landing import terms
from diptych.health.warehouse.identified.landing.declaration import declared, resolved
from diptych.health.warehouse.identified.landing.terms import Column, Mode, Type
from tests.house.tree import ROOT

CSV, FHIR = HEAD.format(name="dossier", format="csv"), HEAD.format(name="dossier", format="fhir")
PMSI, SQL = HEAD.format(name="dossier", format="pmsi"), HEAD.format(name="dossier", format="sql")
LINES = '[tables.rum]\nfiles = "*.txt"\n[tables.rum.columns]\n'
ROWS = '[tables.stay]\nrelation = "stays"\n'


def refusal(folder: Path, text: str | bytes) -> tuple[str, str]:
    path = folder / "source.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Refused) as refused:
        declared(path)
    facts = refused.value.refusal.facts
    assert facts["path"] == str(path), "the file is named"
    return refused.value.code, facts.get("key", "")


def test_what_a_declaration_says(tmp_path: Path) -> None:
    path = tmp_path / "source.toml"
    path.write_text(CSV + 'mode = "full"\n' + PATIENTS)
    source = declared(path)
    assert (source.cadence, source.retention, source.care_sites) == (
        timedelta(days=1),
        timedelta(days=20 * 366),
        ("Hôpital des Trois-Rivières",),
    )
    (table,) = source.tables
    assert (table.mode, table.key) == (Mode.FULL, ("patient_id",))
    assert table.columns[0] == Column("patient_id", Type.INTEGER, True, "patient_id")
    assert table.columns[3] == Column("poids", Type.DECIMAL, False, "poids", (5, 1))


@pytest.mark.parametrize("name", ["mimic_fhir", "french_ehr"])
def test_the_examples_are_declarations(name: str) -> None:
    assert declared(ROOT / "examples" / "sources" / f"{name}.toml").name == name


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (CSV.replace('"dossier"', '"../dossier"') + PATIENTS, "name"),
        (CSV.replace('"dossier"', "7") + PATIENTS, "name"),
        (CSV.replace('"csv"', '"xls"') + PATIENTS, "format"),
        (CSV.replace('title = "Dossier patient"', "") + PATIENTS, "title"),
        (CSV.replace('"Dossier patient"', '" "') + PATIENTS, "title"),
        (CSV.replace('"1 day"', '"daily"') + PATIENTS, "cadence"),
        (CSV.replace('"1 day"', '"0 days"') + PATIENTS, "cadence"),
        (CSV.replace('"20 years"', '"21 years"') + PATIENTS, "retention"),
        (CSV.replace('"public_task"', '"because"') + PATIENTS, "legal_basis"),
        (CSV.replace('["Hôpital des Trois-Rivières"]', "[]") + PATIENTS, "care_sites"),
        (CSV.replace('["Hôpital des Trois-Rivières"]', '"one"') + PATIENTS, "care_sites"),
        (CSV.replace('"/nowhere"', '"postgresql://me:secret@host/db"') + PATIENTS, "where"),
        (CSV + "colour = 1\n" + PATIENTS, "colour"),
        (CSV, "tables"),
        (CSV + "tables = 1\n", "tables"),
        (CSV + '[text]\ndelimiter = ";;"\n' + PATIENTS, "text.delimiter"),
        (CSV + '[text]\nencoding = "utf-16"\n' + PATIENTS, "text.encoding"),
        (CSV + '[text]\nencoding = "klingon"\n' + PATIENTS, "text.encoding"),
        (CSV + "[text]\nlongest_line = 0\n" + PATIENTS, "text.longest_line"),
        (CSV + "[text]\nwidth = 0\n" + PATIENTS, "text.width"),
        (CSV + PATIENTS.replace("files =", "fichiers ="), "tables.patient.fichiers"),
        (CSV + PATIENTS.replace('files = "patient*.csv"', ""), "tables.patient.files"),
        (FHIR + BUNDLE.replace('resource = "Patient"', ""), "tables.patient.resource"),
        (CSV + PATIENTS.replace("tables.patient", "tables.Patient"), "tables.Patient"),
        (CSV + '[tables.patient]\nfiles = "*"\n', "tables.patient.columns"),
        (CSV + PATIENTS.replace("integer!", "entier"), "tables.patient.columns.patient_id"),
        (CSV + PATIENTS.replace('"integer!"', "1"), "tables.patient.columns.patient_id"),
        (CSV + PATIENTS.replace('"date"', '"date(1, 1)"'), "tables.patient.columns.naissance"),
        (CSV + PATIENTS.replace("(5, 1)", "(39, 1)"), "tables.patient.columns.poids"),
        (CSV + PATIENTS.replace("(5, 1)", "(5, 6)"), "tables.patient.columns.poids"),
        (CSV + PATIENTS.replace('["patient_id"]', '["ipp"]'), "tables.patient.key"),
        (SQL + ROWS + 'watermark = "seen"\n[tables.stay.columns]\nid = "integer!"\n', "tables.stay.watermark"),
        (PMSI + LINES + 'dp = "text"\n', "tables.rum.columns.dp"),
        (PMSI + LINES + 'dp = "text from 9-3"\n', "tables.rum.columns.dp"),
        (PMSI + LINES + 'dp = "text from 0-3"\n', "tables.rum.columns.dp"),
    ],
)
def test_a_fault_is_told_with_its_key(tmp_path: Path, text: str, key: str) -> None:
    assert refusal(tmp_path, text) == (terms.BAD_DECLARATION.code, key)


@pytest.mark.parametrize("text", ["name = ", "name = 'x'\nname = 'y'", b"name = '\xff'"])
def test_what_is_no_toml(tmp_path: Path, text: str | bytes) -> None:
    assert refusal(tmp_path, text)[0] == terms.NOT_TOML.code


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        declared(tmp_path / "none.toml")
    assert refused.value.code == terms.NO_DECLARATION.code


def test_a_password_comes_from_the_environment() -> None:
    assert resolved("postgresql://me:${PW}@host/${DB}", {"PW": "s3cret"}) == "postgresql://me:s3cret@host/"
