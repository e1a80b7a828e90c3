"""A release checked, kept, told and let through; data over time; deliveries before they are standardised."""

import datetime as dt
import json
import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from .conftest import Diptych

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified.landing.home import Manifest
from diptych.health.warehouse.identified.landing.terms import Basis, Format, Source, Table
from diptych.health.warehouse.identified.quality import availability, tables
from diptych.health.warehouse.identified.quality.book import Book
from diptych.health.warehouse.identified.quality.landed import check_landed
from diptych.health.warehouse.identified.quality.page import page
from diptych.health.warehouse.identified.quality.report import Report, for_mart
from diptych.health.warehouse.identified.quality.run import check_source, check_tables
from diptych.health.warehouse.identified.quality.terms import Absent, Kind, Status
from tests.health.identified import person, visit
from tests.health.omops import AT, TODAY, Rows, arrow, opened, written

D = dt.date
SMALL: Rows = {
    "person": [person(1), person(2, gender_concept_id=8507)],
    "visit_occurrence": [visit(1, 1), visit(2, 2), visit(3, 9)],  # nobody is number 9
    "care_site": [{"care_site_id": 7, "care_site_name": "<b>Cardiologie</b>"}],
}


def checked(folder: Path, release: str = "one", given: Rows = SMALL, **more: Any) -> Report:
    return check_source(written(folder / "omop", given), release=release, at=AT, **more)


def result(report: Report, check: str) -> Any:
    [found] = [one for one in report.results if one.check.id == check]
    return found


# ---- the run


def test_a_release(tmp_path: Path) -> None:
    report = checked(tmp_path)
    broken = result(report, "isForeignKey.visit_occurrence.person_id")
    assert (broken.status, broken.violated, broken.among, broken.examples) == (Status.FAIL, 1, 3, ("9",))
    assert broken.check.id in report.stops
    assert result(report, "cdmTable.measurement").status is Status.FAIL
    assert "cdmTable.measurement" not in report.stops, "it may be absent"
    assert report.version == "5.4"
    assert not [one for one in report.results if one.status is Status.ERROR]


def test_views_of_a_connection_and_a_file_say_the_same(tmp_path: Path) -> None:
    source = written(tmp_path / "omop", SMALL)
    with duckdb.connect(str(tmp_path / "omop.duckdb")) as connection:
        for name in SMALL:
            connection.execute(f"CREATE TABLE {name.upper()} AS FROM '{source / name}.parquet'")
    by_folder, by_file = (check_source(path, release="one", at=AT) for path in (source, tmp_path / "omop.duckdb"))
    with duckdb.connect() as connection:
        for name in SMALL:
            connection.execute(f"CREATE VIEW {name} AS FROM '{source / name}.parquet'")
        by_view = check_tables(
            tables.of(connection, {name: name for name in SMALL}, named="views"), release="one", at=AT, named="views"
        )
    assert by_folder.results == by_file.results == by_view.results


@pytest.mark.parametrize("said", ["CDM v5.3.1", None])
def test_the_version_is_the_source_s(tmp_path: Path, said: str | None) -> None:
    more: Rows = {"cdm_source": [{"cdm_version": said}]} if said else {}
    visits = [one | {"admitting_source_concept_id": 0} for one in SMALL["visit_occurrence"]]
    assert checked(tmp_path, given=SMALL | {"visit_occurrence": visits} | more).version == "5.3"


def test_what_is_no_source(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "person.parquet").write_bytes(b"PAR1")
    for path, code in [
        (tmp_path, "quality.unreadable"),
        (tmp_path / "notes.txt", "quality.no_tables"),
        (tmp_path / "nowhere", "quality.no_tables"),
    ]:
        with pytest.raises(Refused) as refused:
            check_source(path, release="one", at=AT)
        assert refused.value.code == code


# ---- over time


def test_since_when_data_can_be_counted_on() -> None:
    months = [D(2025 + n // 12, 1 + n % 12, 5) for n in range(12)]
    visits = [visit(100 * n + m, 1, day, care_site_id=7 if m < 60 else None) for n, day in enumerate(months) for m in range(100)]
    notes = [{"note_id": one["visit_occurrence_id"], "visit_occurrence_id": one["visit_occurrence_id"]}
             for one in visits if one["visit_start_date"] >= D(2025, 7, 1) and one["visit_occurrence_id"] % 100 < 80]  # fmt: skip
    coming = [visit(9001, 1, D(2026, 11, 20), care_site_id=8), visit(9002, 1, D(2030, 1, 1))]
    with opened({"visit_occurrence": visits + coming, "note": notes, "care_site": SMALL["care_site"]}) as found:
        tables.typed(found, [])
        series, left_out = availability.available(found, today=TODAY, told=lambda table: None)
    assert [(one.care_site, one.what, one.visits) for one in series] == [
        (None, "visit", 1200), (7, "visit", 720), (None, "note", 1200), (7, "note", 720),
    ]  # fmt: skip
    whole, _, of_all, of_site = series
    assert whole.usable_since == D(2025, 1, 1)
    assert (of_all.usable_since, of_site.usable_since) == (D(2025, 7, 1), D(2025, 7, 1))
    assert of_all.step is not None and of_all.step.level == pytest.approx(0.8)
    assert of_site.step is not None and of_site.step.level == pytest.approx(1.0)
    assert of_site.name == "<b>Cardiologie</b>"
    assert left_out == 0, "the month of today is not over, and days to come are none"


def test_without_visits_nothing_is_said_over_time() -> None:
    for given in ({"person": SMALL["person"]}, {"visit_occurrence": []}, {"visit_occurrence": [visit(1, 1, D(2030, 1, 1))]}):
        with opened(given) as found:
            tables.typed(found, [])
            assert availability.available(found, today=TODAY, told=lambda table: None) == ([], 0)


# ---- the book and the gate


def test_a_failing_release_waits_for_a_named_person(tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    book.add(checked(tmp_path))
    with pytest.raises(Refused) as refused:
        book.must_pass("one")
    assert refused.value.code == "quality.failing"
    for by, reason in [("Anne", "seen with the DIM"), ("Anne Durand", "because")]:
        with pytest.raises(Refused) as refused:
            book.override(release=None, by=by, account="root", reason=reason, at=AT)
        assert refused.value.code == "quality.nameless"
    made = book.override(release="one", by="Anne  Durand", account="root", reason="seen with the DIM", at=AT)
    assert book.must_pass("one") == made
    assert (made.by, made.reason) == ("Anne Durand", "seen with the DIM")
    assert [said["what"] for said in book.journal()] == ["checked", "overridden"]


def test_a_good_release_passes_and_needs_nobody(tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    report = checked(tmp_path)
    book.add(replace(report, results=[one for one in report.results if one.check.id not in report.stops]))
    assert book.must_pass("one") is None
    with pytest.raises(Refused) as refused:
        book.override(release="one", by="Anne Durand", account="root", reason="just to be sure", at=AT)
    assert refused.value.code == "quality.nothing_to_override"


def test_since_when_is_kept_from_release_to_release(tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    first, second = checked(tmp_path), checked(tmp_path, "two")
    new = [one for one in second.results if one.check.id == "isForeignKey.visit_occurrence.person_id"]
    book.add(replace(first, results=[one for one in first.results if one not in new]))
    book.add(replace(second, at=AT + dt.timedelta(days=1)))
    since = {one["check"]: one.get("since") for one in book.facts()["results"]}
    assert since["isForeignKey.visit_occurrence.person_id"] == "two"
    assert since["cdmTable.measurement"] == "one"
    assert since["cdmTable.person"] is None
    assert [one["release"] for one in book.history()] == ["one", "two"]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    book, report = Book(tmp_path / "book"), checked(tmp_path)
    book.add(report)
    for release, code in [("one", "quality.release_exists"), ("../one", "quality.bad_release"), ("", "quality.bad_release")]:
        with pytest.raises(Refused) as refused:
            book.add(replace(report, release=release))
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        book.facts("two")
    assert refused.value.code == "quality.no_release"
    with pytest.raises(Refused) as refused:
        Book(tmp_path / "empty").facts()
    assert refused.value.code == "quality.no_release"


@pytest.mark.parametrize("change", ["cut", "changed", "reordered", "words"])
def test_a_journal_that_was_touched_is_refused(tmp_path: Path, change: str) -> None:
    book = Book(tmp_path / "book")
    book.add(checked(tmp_path))
    book.override(release="one", by="Anne Durand", account="root", reason="seen with the DIM", at=AT)
    file = tmp_path / "book" / "journal.jsonl"
    first, second = file.read_text().splitlines(keepends=True)
    file.write_text(
        {"cut": second, "changed": first + second.replace("Anne Durand", "Jean Petit"), "reordered": second + first, "words": first + "{}\n[]\n"}[change]
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        book.must_pass("one")
    assert refused.value.code == "quality.damaged"
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_a_killed_run_left_is_no_release(tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    left = tmp_path / "book" / "releases" / ".one"
    left.mkdir(parents=True)
    (left / "summary.json").write_text("{")
    assert book.history() == []
    book.add(checked(tmp_path))
    assert [one["release"] for one in book.history()] == ["one"]


def _override(folder: str, by: str) -> None:
    Book(Path(folder)).override(release="one", by=by, account="root", reason="seen with the DIM", at=AT)


def test_decisions_at_once_keep_the_chain(tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    book.add(checked(tmp_path))
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        pool.starmap(_override, [(str(tmp_path / "book"), f"Anne Durand{n}") for n in range(6)])
    assert len(list(book.journal())) == 7


# ---- what leaves the room


def test_a_mart_s_report_has_pseudonyms_only(tmp_path: Path) -> None:
    facts = checked(tmp_path, owners={"": ["DIM: dim@hopital.example"]}).facts({})
    by = {one["check"]: one for one in facts["results"]}
    assert by["isForeignKey.visit_occurrence.person_id"]["examples"] == ["9"]
    assert by["isForeignKey.visit_occurrence.person_id"]["ask"] == ["DIM: dim@hopital.example"]
    asked = []

    def pseudonym(table: str, ids: Any) -> list[int]:
        asked.append((table, list(ids)))
        return [number + 1000 for number in ids]

    crossing = for_mart(facts, pseudonym=pseudonym)
    assert ("person", [9]) in asked
    out = {one["check"]: one for one in crossing["results"]}
    assert out["isForeignKey.visit_occurrence.person_id"]["examples"] == ["1009"]
    assert crossing["source"] == "" and "dim@" not in json.dumps(crossing) and str(tmp_path) not in json.dumps(crossing)
    assert not [one for one in for_mart(facts)["results"] if one.get("examples_are") not in {None, "concepts"}]


# ---- the page


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    hostile = SMALL | {"visit_occurrence": [visit(n, 9, D(2025, 1 + n % 12, 1), care_site_id=7) for n in range(120)]}
    yield checked(
        tmp_path_factory.mktemp("page"), release="one", given=hostile, owners={"": ["<script>alert(1)</script>"]}
    ).facts({})


@pytest.mark.parametrize(("language", "said"), [("fr", "Elle ne peut pas être publiée."), ("en", "It may not be published.")])
def test_the_page(facts: dict[str, Any], language: str, said: str) -> None:
    text = page(facts, history=[facts["summary"]], decision=None, language=language)
    assert said in text and f'<html lang="{language}"' in text
    assert "<script" not in text and "&lt;script&gt;" in text and "<b>Cardiologie" not in text
    assert "http" not in text.replace("http://www.w3.org", ""), "it needs nothing from elsewhere"
    assert "\0" not in text and "\1" not in text


def test_a_page_without_failures_or_history(facts: dict[str, Any]) -> None:
    good = facts | {
        "results": [one for one in facts["results"] if one["status"] == "holds"],
        "availability": [],
        "summary": facts["summary"] | {"stops": []},
    }
    text = page(good, history=[], decision=None, language="en")
    assert "It may be published." in text and "Nothing." in text and "There are no visits" in text


# ---- the command line


def test_the_commands(diptych: Diptych, tmp_path: Path) -> None:
    source, book = written(tmp_path / "omop", SMALL), tmp_path / "book"
    status, out, err = diptych("health", "quality", "run", source, "--book", book, "--release", "one", "--json")
    assert status == 1 and json.loads(err)["code"] == "quality.failing"
    said = json.loads(out)
    assert said["counts"]["fail"] > 0 and len(said["stops"]) == said["failed"]["fatal"]
    assert [Path(path).exists() for path in said["pages"]] == [True, True]
    assert Path(said["pages"][0]).stat().st_mode & 0o777 == 0o600
    status, out, err = diptych(
        "health", "quality", "override", "--book", book, "--by", "Anne Durand", "--reason", "seen with the DIM"
    )
    assert (status, err) == (0, "") and "by decision of Anne Durand" in out
    assert "Anne Durand" in Path(said["pages"][0]).read_text()
    status, out, err = diptych("health", "quality", "list", "--book", book)
    assert (status, err) == (0, "") and "Anne Durand" in out
    status, out, err = diptych("health", "quality", "list", "--book", book, "--json")
    assert json.loads(out)["by"] == "Anne Durand"
    status, out, err = diptych("health", "quality", "report", "--book", book, "--json")
    assert json.loads(out)["release"] == "one"
    status, out, err = diptych("health", "quality", "report", "--book", book, "--language", "en", "--release", "one")
    assert out.strip().endswith("report.en.html")
    status, out, err = diptych("health", "quality", "run", source, "--book", book, "--release", "one")
    assert status == 1 and "quality.release_exists" in err


# ---- deliveries


SOURCE = Source(
    "lab", "Laboratoire", Format.CSV, ".", dt.timedelta(days=1), "Dr Petit", Basis.PUBLIC_TASK, dt.timedelta(days=365), ("CHU",),
    (Table("result", ()), Table("log", (), out_of_scope="no care in it")),
)  # fmt: skip


def delivery(number: int, **more: Any) -> Manifest:
    day = D(2026, 11, number)
    given: dict[str, Any] = {
        "delivery": f"d{number}", "table": "result", "received_at": dt.datetime(2026, 11, number, 6, tzinfo=dt.UTC), "covers": day,
        "series": "s", "named": f"n{number}", "name": "", "sha256": str(number), "bytes": 1, "rows_in": 100, "received": 100,
        "quarantined": 0, "out_of_scope": 0, "flags": (), "faults": {}, "gone": (), "changed": (), "schema": {}, "found": "",
        "set_aside": "", "rows": "rows.1", "bad": "", "generation": 1, "watermark": "",
    }  # fmt: skip
    return Manifest(**given | more)


def landed(*manifests: Manifest, at: dt.datetime = AT) -> dict[Kind, Any]:
    return {one.check.kind: one for one in check_landed(SOURCE, manifests, at=at)}


def test_deliveries_that_are_as_they_should_be() -> None:
    found = landed(delivery(24), delivery(25), delivery(26))
    assert {one.status for one in found.values()} == {Status.HOLDS}
    assert found[Kind.LANDED_QUARANTINE].among == 300
    assert found[Kind.LANDED_FRESH].check.table == "lab" and found[Kind.LANDED_KEYS].check.table == "lab.result"


@pytest.mark.parametrize(
    ("kind", "last", "violated", "among"),
    [
        (Kind.LANDED_VOLUME, {"rows_in": 201, "received": 201}, 1, 1),
        (Kind.LANDED_VOLUME, {"rows_in": 49, "received": 49}, 1, 1),
        (Kind.LANDED_QUARANTINE, {"received": 97, "quarantined": 3}, 3, 200),
        (Kind.LANDED_WHOLE, {"set_aside": "truncated", "received": 0, "quarantined": 100}, 1, 2),
        (Kind.LANDED_KEYS, {"flags": ("duplicate_keys",)}, 1, 2),
        (Kind.LANDED_TYPES, {"changed": ("value",)}, 1, 2),
        (Kind.LANDED_FRESH, {"received_at": dt.datetime(2026, 11, 25, 11, tzinfo=dt.UTC)}, 1, 1),
    ],
)
def test_a_delivery_that_is_not(kind: Kind, last: dict[str, Any], violated: int, among: int) -> None:
    found = landed(delivery(24), delivery(25, **last))[kind]
    assert (found.status, found.violated, found.among) == (Status.FAIL, violated, among)


def test_withdrawn_deliveries_do_not_count_and_a_first_has_no_past() -> None:
    gone = delivery(24, set_aside="truncated", received=0, quarantined=100, withdrawn_at=AT)
    found = landed(gone, delivery(26))
    assert found[Kind.LANDED_WHOLE].status is Status.HOLDS
    assert found[Kind.LANDED_VOLUME].absent is Absent.HISTORY
    nothing = landed()
    assert nothing[Kind.LANDED_FRESH].status is Status.FAIL
    assert nothing[Kind.LANDED_KEYS].absent is Absent.ROWS


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["gibleed", "generated_24k.duckdb"])
def test_real_databases_in_cdm_5_3(real_data: Path, name: str) -> None:
    report = check_source(real_data / "omop" / name, release="one", at=AT, rows=real_data / "omop" / "data_quality_checks")
    assert report.version == "5.3"
    assert not [one.check.id for one in report.results if one.status is Status.ERROR]
    assert report.stops, "both have references that lead nowhere"


def test_arrow_keeps_what_a_test_gives() -> None:
    assert arrow("death", [{"person_id": "x"}]).schema.field("person_id").type == "string"
