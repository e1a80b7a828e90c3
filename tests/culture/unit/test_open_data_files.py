"""Files of open data: recognised, or refused whole with the reason."""

import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diptych.commons.refusal import Refused
from diptych.culture.gateways.open_data import tree
from diptych.culture.gateways.open_data.formats import KINDS, SHAPES
from diptych.culture.gateways.open_data.reading import open_reading
from diptych.culture.gateways.open_data.reasons import REASONS, Fault
from diptych.culture.gateways.open_data.source import open_source
from tests.thoroughness import examples

INDEX = "Rentrée scolaire;UAI;IPS;Ecart-type de l'IPS\n2023;0352072M;111.1;32.8\n2023;0350852L;78,1;30.4\n"
COMMUNES = [
    {
        "code": "35238",
        "nom": "Rennes",
        "departement": "35",
        "type": "commune-actuelle",
        "zone": "metro",
        "codesPostaux": ["35000"],
    },
    {"code": "35288", "nom": "Saint-Malo", "departement": "35", "type": "commune-actuelle", "zone": "metro", "population": 46000},
]


def read(path: Path, kind: str) -> list:
    with open_reading(path=path, kind=kind, shapes=SHAPES) as reading:
        return list(reading.rows())


def written(tmp_path: Path, content: "str | bytes", name: str = "file.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path, kind: str) -> str:
    with pytest.raises(Refused) as refused:
        read(path, kind)
    reason = refused.value.refusal.reason
    assert reason in REASONS
    sentence = reason.sentence.format(**refused.value.refusal.facts)
    assert path.name in sentence
    assert str(path.parent) not in sentence
    return refused.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [";", ",", "|", "\t"])
def test_a_table_reads_however_it_was_written(tmp_path, encoding, line_end, separator):
    content = INDEX.replace("78,1", "78.1").replace(";", separator).replace("\n", line_end).encode(encoding)
    rows = read(written(tmp_path, content), "schools")
    assert [(row.line, row.uai, row.index) for row in rows] == [(2, "0352072M", 111.1), (3, "0350852L", 78.1)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "open_data.empty"),
        (b"\xef\xbb\xbf\r\n \n", "open_data.empty"),
        (gzip.compress(INDEX.encode()), "open_data.binary"),
        (b"PK\x03\x04" + b"a" * 50, "open_data.binary"),
        (b"\x00\x01" * 500, "open_data.binary"),
        (bytes(range(256)) * 10, "open_data.binary"),
        (INDEX.encode()[:-3], "open_data.truncated"),
        (INDEX.encode()[:-1], "open_data.truncated"),
        (INDEX.encode()[:-14], "open_data.truncated"),
        (INDEX.encode()[:12], "open_data.truncated"),
        (INDEX.splitlines()[0].encode() + b"\n", "open_data.truncated"),
        ((INDEX + '2023;"0352072M;1').encode(), "open_data.truncated"),
        ("Rentrée".encode()[:5], "open_data.truncated"),
        (INDEX.replace("Ecart-type de l'IPS", "IPS").encode(), "open_data.bad_header"),
        ((INDEX + '2023;"' + "9" * 200_000 + '";1;2\n').encode(), "open_data.malformed"),
        ((INDEX + '2023;"a"b;1;2\n').encode(), "open_data.malformed"),
        ("Rentrée scolaire;UAI;IPS;Ecart-type de l'IPS\na\nb\nc;d;e;f\n".encode(), "open_data.malformed"),
        (b"nom;prenom;ville\na;b;c\n", "open_data.unknown_kind"),
        (b'{"type": "FeatureCollection"}', "open_data.unknown_kind"),
    ],
)
def test_a_table_that_is_not_whole_is_refused_whole(tmp_path, content, code):
    assert refusal(written(tmp_path, content), "schools") == code


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    assert refusal(tmp_path / "absent.csv", "schools") == "open_data.no_file"
    (tmp_path / "folder.csv").mkdir()
    assert refusal(tmp_path / "folder.csv", "schools") == "open_data.a_folder"
    os.mkfifo(tmp_path / "pipe.csv")
    assert refusal(tmp_path / "pipe.csv", "schools") == "open_data.no_file"


def test_a_file_of_another_kind_is_named_with_its_command(tmp_path):
    path = written(tmp_path, INDEX, "colleges.csv")
    with pytest.raises(Refused) as refused:
        read(path, "museums")
    assert refused.value.code == "open_data.other_kind"
    assert refused.value.refusal.facts["command"] == "diptych culture import schools colleges.csv"


def test_a_file_written_to_meanwhile_is_refused(tmp_path):
    path = written(tmp_path, INDEX)
    with open_reading(path=path, kind="schools", shapes=SHAPES) as reading:
        with path.open("a") as out:
            out.write("2023;0352072M;100;1\n")
        with pytest.raises(Refused) as refused:
            list(reading.rows())
    assert refused.value.code == "open_data.changed"


def test_hostile_rows_are_left_out_and_counted(tmp_path):
    rows = read(
        written(
            tmp_path,
            INDEX + "2023;0352072M;90;1\n2023;0000000X;90;1\n2023;0350778F;NaN;1\n2023;0350778F;1e400;1\n2023;0350778F;9999;1\n"
            "2023;035\x000778F;90;1\n2023;0350778F\n\n2023;0350778F;99.0;1\n",
        ),
        "schools",
    )
    faults = [(row.line, row.column, row.code) for row in rows if isinstance(row, Fault)]
    assert faults == [
        (4, "UAI", "duplicate_id"),
        (5, "UAI", "not_a_uai"),
        (6, "IPS", "missing"),
        (7, "IPS", "not_a_number"),
        (8, "IPS", "out_of_range"),
        (9, "UAI", "not_a_uai"),
        (10, "", "width"),
    ]
    assert [row.uai for row in rows if not isinstance(row, Fault)] == ["0352072M", "0350852L", "0350778F"]


@pytest.mark.parametrize("indent", [None, 4])
def test_a_list_of_objects_reads(tmp_path, indent):
    rows = read(written(tmp_path, json.dumps(COMMUNES, indent=indent), "communes.json"), "places")
    assert [(row.insee, row.name, row.postcodes, row.population) for row in rows] == [
        ("35238", "Rennes", ("35000",), None),
        ("35288", "Saint-Malo", (), 46000),
    ]


@pytest.mark.parametrize("cut", [1, 2, 30, 100, 150])
def test_a_tree_cut_anywhere_is_refused(tmp_path, cut):
    content = json.dumps(COMMUNES)
    assert refusal(written(tmp_path, content[:-cut], "communes.json"), "places") == "open_data.truncated"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (json.dumps(COMMUNES) + "x", "open_data.malformed"),
        (json.dumps(COMMUNES).replace("Saint-Malo", 'Saint"Malo'), "open_data.malformed"),
        (json.dumps(COMMUNES).replace("46000", "Infinity"), "open_data.malformed"),
        (json.dumps(COMMUNES)[:-1] + "," + "[" * 100_000, "open_data.malformed"),
        ("[]", "open_data.unknown_kind"),
        ("[[]]", "open_data.unknown_kind"),
        ('{"records": [], "a": 1}', "open_data.unknown_kind"),
    ],
)
def test_a_tree_that_is_not_one_is_refused(tmp_path, content, code):
    assert refusal(written(tmp_path, content, "communes.json"), "places") == code


def test_objects_of_wrong_types_are_left_out(tmp_path):
    odd = [
        *COMMUNES,
        3,
        {"code": ["35001"]},
        {**COMMUNES[0], "code": True},
        {**COMMUNES[0], "code": "35001", "codesPostaux": "35"},
    ]
    rows = read(written(tmp_path, json.dumps(odd), "communes.json"), "places")
    assert [(row.column, row.code, row.skipped) for row in rows if isinstance(row, Fault)] == [
        ("", "wrong_type", True),
        ("type", "missing", True),
        ("code", "wrong_type", True),
        ("codesPostaux", "wrong_type", False),
    ]
    assert len([row for row in rows if not isinstance(row, Fault)]) == 3


def test_a_tree_is_read_without_holding_it(tmp_path):
    path = written(
        tmp_path, "[" + ",\n".join(json.dumps({**COMMUNES[0], "code": f"{n:05}"}) for n in range(20_000)) + "]", "c.json"
    )
    with open_source(path=path, expected="") as source:
        scanner = tree.Scanner(source, "")
        scanner.take("[")
        for _ in range(10_000):
            scanner.value()
            scanner.take(",")
            assert len(scanner._buffer) < 200_000
        assert scanner.line == 10_000


def test_every_shape_is_complete_and_recognises_itself_alone():
    assert KINDS == ("places", "museums", "cinemas", "libraries", "festivals", "events", "titles", "schools")
    for shape in SHAPES:
        assert shape.title and shape.publisher
        assert all(column.meaning for column in shape.columns)
        names = shape.signature | {column.name for column in shape.columns}
        if shape.headless is None:
            first = next(
                other
                for other in SHAPES
                if other.form == shape.form and not other.headless and other.recognises(frozenset(names))
            )
            assert first is shape


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_cut_at_any_byte_is_refused_or_falls_between_two_rows(tmp_path, data):
    for kind, content in (("schools", INDEX), ("places", json.dumps(COMMUNES))):
        whole = content.encode()
        part = whole[: data.draw(st.integers(0, len(whole) - 1))]
        path = written(tmp_path, part)
        try:
            rows = read(path, kind)
        except Refused as refused:
            assert refused.code in ("open_data.truncated", "open_data.empty", "open_data.unknown_kind", "open_data.bad_header")
        else:
            assert kind == "schools"
            assert part.endswith(b"\n")
            assert len(rows) == 1


@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.integers(0, len(INDEX)))
def test_no_bytes_make_a_reader_fail_otherwise(tmp_path, noise, at):
    whole = INDEX.encode()
    for content in (noise, whole[:at] + noise + whole[at:], b"[" + noise, json.dumps(COMMUNES).encode()[:at] + noise):
        for kind in ("schools", "places"):
            try:
                read(written(tmp_path, content), kind)
            except Refused as refused:
                assert refused.refusal.reason in REASONS
