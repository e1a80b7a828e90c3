"""The run on small tables: what crosses, what is dropped, who is left out."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from diptych.health.warehouse.generated.world import generate
from diptych.health.warehouse.identified.pseudonymise.keys.client import Keys
from diptych.health.warehouse.identified.pseudonymise.opposition import Register, take_out
from diptych.health.warehouse.identified.pseudonymise.run import REPORT, policy_version
from diptych.health.warehouse.research.index.store import Store, load
from tests.health.identified import AT, D, made, person, rows, visit, write
from tests.health.keyservice import Service


def test_pointers_hold_and_intervals_are_kept(service: Service, tmp_path: Path) -> None:
    events = [
        {"condition_occurrence_id": 10 * who + number, "person_id": who, "condition_concept_id": 5, "visit_occurrence_id": 100 + who,
         "condition_start_date": D(2020, 3, 1) + dt.timedelta(30 * number), "condition_start_datetime": dt.datetime(2020, 3, 1, 9, 30) + dt.timedelta(30 * number)}
        for who in (1, 2, 3)
        for number in range(3)
    ]  # fmt: skip
    source = write(
        tmp_path / "source",
        {
            "person": [person(who) for who in (1, 2, 3)],
            "visit_occurrence": [visit(100 + who, who) for who in (1, 2, 3)],
            "condition_occurrence": events,
        },
    )
    report = made(service, source, tmp_path / "mart")
    people = {row["person_id"] for row in rows(tmp_path / "mart", "person")}
    visits = {row["visit_occurrence_id"]: row for row in rows(tmp_path / "mart", "visit_occurrence")}
    assert len(people) == 3 and not people & {1, 2, 3}
    for who in people:
        mine = [row for row in rows(tmp_path / "mart", "condition_occurrence", "condition_start_date") if row["person_id"] == who]
        days = [row["condition_start_date"] for row in mine]
        assert [(day - days[0]).days for day in days] == [0, 30, 60]
        assert days[0] != D(2020, 3, 1) and (days[0] - D(2020, 3, 1)).days % 7 == 0
        assert {row["condition_start_datetime"].time() for row in mine} == {dt.time(9, 30)}
        assert all(row["condition_start_datetime"].date() == row["condition_start_date"] for row in mine)
        assert {visits[row["visit_occurrence_id"]]["person_id"] for row in mine} == {who}
        assert visits[mine[0]["visit_occurrence_id"]]["visit_start_date"] == days[0]
    assert report["tables"]["condition_occurrence"]["rows_out"] == 9
    assert json.loads((tmp_path / "mart" / REPORT).read_text()) == report
    assert report["policy"] == policy_version()


def test_two_projects_share_nothing_and_one_project_twice_is_the_same(service: Service, tmp_path: Path) -> None:
    source = write(tmp_path / "source", {"person": [person(1), person(2)], "visit_occurrence": [visit(7, 1)]})
    for number, project in enumerate(("one", "one", "two")):
        made(service, source, tmp_path / f"mart{number}", project=project)
    first, again, other = (rows(tmp_path / f"mart{number}", "visit_occurrence") for number in range(3))
    assert first == again
    assert {first[0]["person_id"], first[0]["visit_occurrence_id"]} & {
        other[0]["person_id"],
        other[0]["visit_occurrence_id"],
    } == set()


def test_a_column_without_a_row_is_dropped_and_said(service: Service, tmp_path: Path) -> None:
    source = write(
        tmp_path / "source",
        {
            "person": [person(1, person_source_value="8001234567", day_of_birth=3)],
            "condition_occurrence": [
                {
                    "condition_occurrence_id": 1,
                    "person_id": 1,
                    "condition_concept_id": 5,
                    "condition_start_date": D(2020, 1, 1),
                    "secret": "x",
                }
            ],
            "phone_book": [{"name": "KERVELLA"}],
        },
    )
    report = made(service, source, tmp_path / "mart")
    assert report["tables"]["person"]["dropped_without_row"] == ["person_source_value"]
    assert report["tables"]["person"]["dropped"] == ["month_of_birth", "day_of_birth", "birth_datetime"]
    assert report["tables"]["condition_occurrence"]["dropped_without_row"] == ["secret"]
    assert report["tables_without_rows"] == ["phone_book"]
    assert set(rows(tmp_path / "mart", "person")[0]) == set(report["tables"]["person"]["columns"])
    assert sorted(path.name for path in (tmp_path / "mart").iterdir()) == [
        "condition_occurrence.parquet",
        "person.parquet",
        REPORT,
    ]


@pytest.mark.parametrize(
    ("born", "last", "age"),
    [
        (1990, D(2020, 6, 1), 30),
        (1935, D(2024, 6, 1), 89),
        (1934, D(2024, 6, 1), 90),
        (1925, D(2024, 6, 1), 90),
        (1910, D(1960, 6, 1), 50),
    ],
)
def test_nobody_is_older_than_ninety_at_their_last_event(service: Service, tmp_path: Path, born: int, last: D, age: int) -> None:
    source = write(
        tmp_path / "source",
        {"person": [person(1, year_of_birth=born, month_of_birth=6, day_of_birth=1)], "visit_occurrence": [visit(1, 1, last)]},
    )
    made(service, source, tmp_path / "mart")
    [who], [when] = rows(tmp_path / "mart", "person"), rows(tmp_path / "mart", "visit_occurrence")
    assert when["visit_start_date"].year - who["year_of_birth"] == age


def test_rare_values_and_small_communes_go(service: Service, tmp_path: Path) -> None:
    people = [person(who, location_id=1 if who <= 10 else 2) for who in range(1, 13)]
    people += [person(who, location_id=4) for who in range(13, 23)]
    places = [
        {"location_id": 1, "state": "69", "county": "Lyon"},
        {"location_id": 2, "state": "69", "county": "Ouroux"},
        {"location_id": 3, "state": "75", "county": "Paris"},
        {"location_id": 4, "state": "29", "county": "Brest"},
        {"location_id": 5, "state": "05", "county": "Nobody's"},
    ]
    events = [
        {
            "condition_occurrence_id": who,
            "person_id": who,
            "condition_concept_id": 5,
            "condition_start_date": D(2020, 1, 1),
            "condition_source_value": "J45" if who <= 10 else f"NDA{who}",
        }
        for who in range(1, 13)
    ]
    source = write(
        tmp_path / "source",
        {
            "person": people,
            "location": places,
            "condition_occurrence": events,
            "care_site": [{"care_site_id": 1, "location_id": 3, "care_site_name": "Hôpital"}],
        },
    )
    made(service, source, tmp_path / "mart")
    said = sorted((row["state"] or "", row["county"] or "") for row in rows(tmp_path / "mart", "location"))
    assert said == [("29", "Brest"), ("69", ""), ("69", "Lyon"), ("75", "Paris")]
    codes = [row["condition_source_value"] for row in rows(tmp_path / "mart", "condition_occurrence")]
    assert sorted(codes, key=str) == ["J45"] * 10 + [None] * 2


def test_who_refuses_and_rows_of_nobody_are_left_out(service: Service, tmp_path: Path) -> None:
    register = Register(tmp_path / "register")
    register.refuse(person_id=2, since=AT.date(), at=AT, by="lea")
    register.refuse(person_id=3, since=AT.date() + dt.timedelta(1), at=AT, by="lea")
    source = write(
        tmp_path / "source",
        {"person": [person(who) for who in (1, 2, 3)], "visit_occurrence": [visit(who, who) for who in (1, 2, 3, 4)],
         "death": [{"person_id": 2, "death_date": D(2021, 1, 1)}]},
    )  # fmt: skip
    report = made(service, source, tmp_path / "mart")
    assert report["persons_refused"] == 1
    assert (
        report["tables"]["visit_occurrence"] | {"rows_in": 4, "rows_out": 2, "of_persons_who_refused": 1, "left_out_otherwise": 1}
        == report["tables"]["visit_occurrence"]
    )
    assert rows(tmp_path / "mart", "death") == []
    later = made(service, source, tmp_path / "later", at=AT + dt.timedelta(1))
    assert later["tables"]["person"]["rows_out"] == 1
    with Keys(service.socket) as keys:
        out = take_out(register, keys=keys, project="one", published=AT.date(), on=AT.date() + dt.timedelta(1))
    gone = {row["person_id"] for row in rows(tmp_path / "mart", "person")} - {
        row["person_id"] for row in rows(tmp_path / "later", "person")
    }
    assert len(gone) == 1 and gone < set(out.persons), "of who refused on the day itself nobody knows whether the mart has them"
    assert (len(out.persons), out.generation) == (2, 1)


def test_only_facts_about_places_cross(service: Service, tmp_path: Path) -> None:
    fact = {"relationship_concept_id": 46233688}
    source = write(
        tmp_path / "source",
        {
            "person": [person(1)],
            "care_site": [{"care_site_id": 1, "care_site_name": "A"}, {"care_site_id": 2, "care_site_name": "B"}],
            "fact_relationship": [
                fact | {"domain_concept_id_1": 57, "fact_id_1": 1, "domain_concept_id_2": 57, "fact_id_2": 2},
                fact | {"domain_concept_id_1": 56, "fact_id_1": 1, "domain_concept_id_2": 56, "fact_id_2": 1},
            ],
        },
    )
    made(service, source, tmp_path / "mart")
    [one] = rows(tmp_path / "mart", "fact_relationship")
    sites = {row["care_site_name"]: row["care_site_id"] for row in rows(tmp_path / "mart", "care_site")}
    assert (one["fact_id_1"], one["fact_id_2"]) == (sites["A"], sites["B"])


def test_notes_are_rewritten_with_what_is_known_and_shifted_alike(service: Service, tmp_path: Path) -> None:
    said = [
        ("last_name", "ZWIEBELTURM"),
        ("first_name", "OTTILIE"),
        ("birth_date", "1951-02-03"),
        ("ipp", "4471"),
        ("doctor", "Quastenflosser"),
    ]
    text = "zwiebelturm ottilie, née le 03/02/1951, ipp 4471, vue par quastenflosser le 01/03/2020. Hb 12.4 g/dl."
    source = write(
        tmp_path / "source",
        {
            "person": [person(1), person(2)],
            "identity": [{"person_id": 1, "kind": kind, "value": value} for kind, value in said],
            "note": [
                {
                    "note_id": 1,
                    "person_id": 1,
                    "note_date": D(2020, 3, 1),
                    "note_text": text,
                    "note_title": "Lettre de Mme Zwiebelturm",
                },
                {"note_id": 2, "person_id": 2, "note_date": D(2020, 3, 1), "note_text": "Rien à signaler.", "note_title": None},
            ],
            "observation": [
                {
                    "observation_id": 1,
                    "person_id": 1,
                    "observation_concept_id": 3,
                    "observation_date": D(2020, 3, 1),
                    "value_as_string": "voir Ottilie",
                }
            ],
        },
    )
    report = made(service, source, tmp_path / "mart")
    notes = {row["note_text"]: row for row in rows(tmp_path / "mart", "note")}
    [new] = [text for text in notes if "Hb 12.4 g/dl" in text]
    assert f"le {notes[new]['note_date']:%d/%m/%Y}." in new
    everything = json.dumps([*rows(tmp_path / "mart", "note"), *rows(tmp_path / "mart", "observation")], default=str).lower()
    assert not any(word in everything for word in ("zwiebelturm", "ottilie", "4471", "quastenflosser", "03/02/1951"))
    assert "Rien à signaler." in notes
    assert report["replaced_in_texts"]["NOM"] >= 3


def test_the_research_side_loads_a_mart(service: Service, tmp_path: Path) -> None:
    generate(persons=300, out=tmp_path / "source", seed=3, progress=lambda done: None)
    report = made(service, tmp_path / "source", tmp_path / "mart")
    done = load(source=tmp_path / "mart", store=tmp_path / "store", strict=False, at=AT)
    assert done.rows["person"] == 300 and Store(tmp_path / "store").manifest["release"] == done.release
    assert all(said["rows_in"] == said["rows_out"] for said in report["tables"].values())
    assert report["uniqueness"]["persons"] == 300 >= report["uniqueness"]["alone"] > 0


def test_uniqueness_is_what_counting_by_hand_says(service: Service, tmp_path: Path) -> None:
    generate(persons=400, out=tmp_path / "source", seed=5, progress=lambda done: None)
    said = made(service, tmp_path / "source", tmp_path / "mart")["uniqueness"]
    born = {row["person_id"]: (row["year_of_birth"], row["gender_concept_id"]) for row in rows(tmp_path / "mart", "person")}

    def alone(coarser) -> int:  # type: ignore[no-untyped-def]
        groups: dict[Any, set[int]] = {}
        for row in rows(tmp_path / "mart", "visit_occurrence"):
            start, end = row["visit_start_date"], row["visit_end_date"]
            seen = (*born[row["person_id"]], (start.year, start.month), (end - start).days if end else None)
            groups.setdefault(coarser(*seen), set()).add(row["person_id"])
        return len(set().union(*(group for group in groups.values() if len(group) == 1)))

    tries = {one["what"]: one for one in said["tries"]}
    assert said["alone"] == alone(lambda *seen: seen)
    assert tries["no stay"]["alone"] == alone(lambda year, sex, month, stay: (year, sex, month))
    assert tries["birth year by ten"]["alone"] == alone(lambda year, *other: (year // 10, *other))
    assert tries["no stay"]["bits"] > 0 and said["cheapest"] in tries
    gains = {
        name: (said["alone"] - one["alone"]) / one["bits"]
        for name, one in tries.items()
        if one["bits"] and one["alone"] < said["alone"]
    }
    assert said["cheapest"] == max(gains, key=gains.__getitem__)
