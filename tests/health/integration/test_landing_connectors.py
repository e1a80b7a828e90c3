"""Each connector beside CSV and FHIR: databases from their watermark, fixed-width lines, headers of images."""

import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from ..landings import AT, Home, declaration

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified.landing import terms
from diptych.health.warehouse.identified.landing.terms import Account, Flag

DAY = timedelta(days=1)

STAYS = """
[tables.stay]
relation = "stays"
key = ["id"]
watermark = "changed"
  [tables.stay.columns]
  id = "integer!"
  nom = "text from patient name"
  poids = "decimal(5, 1)"
  changed = "local time!"
"""

RUM = """
[tables.rum]
files = "*.txt"
  [tables.rum.columns]
  nda = "text! from 1-6"
  entree = "date! from 7-14"
  dp = "text from 15-20"
"""

IMAGES = """
[tables.image]
files = "*.dcm"
key = ["uid"]
  [tables.image.columns]
  uid = "text! from SOPInstanceUID"
  ipp = "text from PatientID"
  nom = "text from PatientName"
  modality = "text from Modality"
  lignes = "integer from Rows"
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def _database(path: Path, *rows: tuple[object, ...]) -> str:
    with sqlite3.connect(path) as connection:
        connection.execute('create table if not exists stays (id, "patient name", poids, changed)')
        connection.executemany("insert into stays values (?, ?, ?, ?)", rows)
    connection.close()
    return f"sqlite:///{path}"


def test_a_database_is_pulled_from_where_the_last_pull_ended(home: Home) -> None:
    declared, path = declaration(home.folder, STAYS, format="sql"), home.folder / "source.db"
    where = _database(path, (1, "Roux", 60.5, "2026-11-01 08:00:00"), (2, "Blanc", None, "2026-11-02 08:00:00"))
    assert home.run(declared, where).account == Account(2, 2)
    assert home.run(declared, where, at=AT + DAY).account == Account(3, 3), (
        "the last row again, since others may share its watermark"
    )
    assert home.run(declared, where, at=AT + 2 * DAY).what.repeated == 1, "and nothing new after that"
    _database(path, (3, "Petit", "lourd", "2026-11-02 08:00:00"), (4, "Simon", 7, "2026-11-03 08:00:00"), (5, "Sans", 7, None))
    home.run(declared, where, at=AT + 3 * DAY)
    assert [row["nom"] for row in home.rows()] == ["Roux", "Blanc", "Blanc", "Blanc", "Simon"]
    assert sorted(fault for _, _, fault in home.bad()) == ["missing", "not_of_type"], "a row without a watermark is not lost"
    assert home.rows()[0]["changed"] == datetime(2026, 11, 1, 8)


def test_a_database_without_a_watermark_is_pulled_whole(home: Home) -> None:
    declared = declaration(home.folder, STAYS.replace('watermark = "changed"', 'mode = "full"'), format="sql")
    path = home.folder / "source.db"
    where = _database(path, (1, "Roux", 60.5, "2026-11-01 08:00:00"))
    home.run(declared, where)
    _database(path, (2, "Blanc", 1, "2026-10-01 08:00:00"))
    assert home.run(declared, where, at=AT + DAY).account == Account(2, 2)


@pytest.mark.parametrize("where", ["sqlite:////no/such/folder/x.db", "klingon://x", "no url", "postgresql+nothing://h/d"])
def test_a_database_that_does_not_answer(home: Home, where: str) -> None:
    with pytest.raises(Refused) as refused:
        home.run(declaration(home.folder, STAYS, format="sql"), where)
    assert refused.value.code == terms.UNREACHED.code


def test_lines_of_fixed_width(home: Home) -> None:
    declared = declaration(
        home.folder, RUM, format="pmsi", head='[text]\nencoding = "latin-1"\ndates = "%d%m%Y"\nlongest_line = 90\n'
    )
    (home.folder / "in").mkdir()
    lines = ("00000110112026I219  suite", "00000231022026I219  ", "000003", "", "00000410112026      ", "é" * 100)
    (home.folder / "in" / "rss.txt").write_bytes("".join(f"{line}\r\n" for line in lines).encode("latin-1"))
    assert home.run(declared, home.folder / "in").account == Account(5, 2, 3)
    assert [(row["nda"], row["entree"], row["dp"]) for row in home.rows()] == [
        ("000001", date(2026, 11, 10), "I219"),
        ("000004", date(2026, 11, 10), None),
    ]
    assert sorted(home.bad()) == [(2, "entree", "not_of_type"), (3, "", "fields"), (6, "", "too_long")]


def test_fixed_width_that_was_cut_or_wrongly_encoded(home: Home) -> None:
    declared, given = declaration(home.folder, RUM, format="pmsi"), home.folder / "in"
    given.mkdir()
    (given / "a.txt").write_bytes(b"0000012026-11-10I2\n\xff00002202611\n00000")
    assert home.run(declared, given).account.quarantined == 3
    assert Flag.TRUNCATED in home.manifests()[0].flags


def _image(path: Path, name: str, **more: object) -> None:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, "1.2.840.10008.5.1.4.1.1.2"
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[path.name])
    image = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    image.SOPInstanceUID, image.PatientName, image.PatientID, image.Modality = meta.MediaStorageSOPInstanceUID, name, "42", "CT"
    image.Rows, image.OtherPatientNames, image.PixelData = 2, "CANARIZETTE", b"CANARIZETTE!"
    for keyword, value in more.items():
        setattr(image, keyword, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    pydicom.dcmwrite(path, image)


def test_headers_of_images_and_never_the_image(home: Home) -> None:
    declared, given = declaration(home.folder, IMAGES, format="dicom"), home.folder / "in"
    _image(given / "study1" / "a.dcm", "Roux^Marie")
    _image(given / "study1" / "b.dcm", "Roux^Marie", Modality="")
    _image(given / "study2" / "c.dcm", "Blanc^Paul")
    (given / "study2" / "d.dcm").write_bytes(b"garbage" * 40)
    (given / "study2" / "e.dcm").write_bytes(b"")
    whole = (given / "study2" / "c.dcm").read_bytes()
    (given / "study2" / "f.dcm").write_bytes(whole[:200])
    assert home.run(declared, given).account.rows_in == 6
    assert {(row["nom"], row["modality"], row["lignes"]) for row in home.rows()} == {
        ("Roux^Marie", "CT", 2),
        ("Roux^Marie", None, 2),
        ("Blanc^Paul", "CT", 2),
    }
    assert len(home.bad()) == 3
    assert b"CANARIZETTE" not in home.bytes()
    _image(given / "study1" / "g.dcm", "Roux^Marie")
    assert home.run(declared, given, at=AT + DAY).account.rows_in == 7
    assert len(home.manifests()) == 3
