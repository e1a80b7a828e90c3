"""Vocabularies: small lists and a small folder of Athena's, loaded, loaded again, changed, at fault, killed in the middle."""

import fcntl
import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from diptych.commons.refusal import Refused
from diptych.health.commands.vocabulary import app
from diptych.health.warehouse.identified.omop.vocabulary import loading

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "french_codes"
FIELDS = str.split
AT = datetime(2026, 11, 26, tzinfo=UTC)
CIM10 = "code,type,ssr,psy,short,long\nA00,3,N,3,CHOLERA,Choléra\nA000,0,N,0,CHOLERA 01,Choléra à Vibrio\nA000+1,0,N,0,X,Choléra rare\nZ51,0,N,0,SOINS,Autres soins\n"
ACTS = [
    {"code": "AAFA001", "libelle_long": "Exérèse", "libelle_court": "exér.", "date_debut": "2005-03-01"},
    {"code": "AANL001", "libelle_long": "Irradiation", "date_debut": "2005-03-01", "date_fin": "2010-05-01"},
]
TREE = [
    {"code": "000001", "parent": "000000", "strate": "00.00.00.00", "libelle": "ARBORESCENCE", "type": "H"},
    {"code": "000002", "parent": "000001", "strate": "01.00.00.00", "libelle": "SYSTÈME NERVEUX", "type": "H"},
    {"code": "AAFA001", "parent": "000002", "strate": "01.00.00.00", "libelle": "Exérèse", "type": "A"},
]
DRUGS = {"C07": ["betabloquants"], "C07AB02": ["LOPRESSOR", "metoprolol"]}
UCD = [
    {"code_ucd": "9000001", "libelle_long_ucd": "LOPRESSOR 100", "code_atc": "C07AB02"},
    {"code_ucd": "9000002", "libelle_long_ucd": "AUTRE"},
]
GHM = [
    {
        "ghm": "01C031",
        "libelle_ghm": "Crâne",
        "ga": "G043",
        "libelle_ga": "SNC",
        "da": "D05",
        "libelle_da": "Système nerveux",
        "anseqta": year,
    }
    for year in ("2012", "2013")
] + [
    {
        "ghm": "01C999",
        "libelle_ghm": "Ancien",
        "ga": "G043",
        "libelle_ga": "SNC",
        "da": "D05",
        "libelle_da": "Système nerveux",
        "anseqta": "2012",
    }
]


def packed(path, given):
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


@pytest.fixture
def lists(tmp_path):
    folder = tmp_path / "lists"
    folder.mkdir()
    packed(folder / "edsnlp_cim10.csv.gz", CIM10)
    packed(folder / "nomensland_ccam_actes.json.gz", ACTS)
    packed(folder / "nomensland_ccam_hierarchie_actes.json", TREE)
    packed(folder / "edsnlp_drugs.json", DRUGS)
    packed(folder / "nomensland_ucd_tot_table.json", UCD)
    packed(folder / "nomensland_ghm_ghm_regroupement.json", GHM)
    return folder


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def load(path, home, *, at=AT):
    return loading.load(path, home=home, at=at, told=lambda what: None)


def ask(home, sql):
    for table in (
        "concept",
        "concept_relationship",
        "concept_ancestor",
        "concept_synonym",
        "vocabulary",
        "domain",
        "concept_class",
    ):
        sql = sql.replace(f"[{table}]", f"read_parquet('{home}/vocabulary/{table}.parquet')")
    return duckdb.execute(sql).fetchall()


def numbers(home):
    return dict(ask(home, "SELECT vocabulary_id || '/' || concept_code, concept_id FROM [concept]"))


ABOVE = """SELECT a.concept_code, d.concept_code, min_levels_of_separation FROM [concept_ancestor]
    JOIN [concept] a ON a.concept_id = ancestor_concept_id JOIN [concept] d ON d.concept_id = descendant_concept_id
    WHERE a.concept_id <> d.concept_id ORDER BY ALL"""


def test_lists_become_concepts_with_what_is_above_them(lists, home):
    done = load(lists, home)
    assert (set(done.new), done.same) == ({"CIM10", "CCAM", "ATC", "UCD", "GHM"}, ())
    assert min(numbers(home).values()) > 2_000_000_000
    assert ask(home, ABOVE) == [
        ("00", "01", 1), ("00", "AAFA001", 2), ("01", "AAFA001", 1), ("A00", "A000", 1), ("A00", "A000+1", 2), ("A000", "A000+1", 1),
        ("C07", "9000001", 2), ("C07", "C07AB02", 1), ("C07AB02", "9000001", 1),
        ("D05", "01C031", 2), ("D05", "01C999", 2), ("D05", "G043", 1), ("G043", "01C031", 1), ("G043", "01C999", 1),
    ]  # fmt: skip
    bonds = """SELECT a.concept_code, relationship_id, b.concept_code FROM [concept_relationship] JOIN [concept] a ON a.concept_id = concept_id_1
        JOIN [concept] b ON b.concept_id = concept_id_2 WHERE 'UCD' IN (a.vocabulary_id, b.vocabulary_id) ORDER BY 1"""
    assert ask(home, bonds) == [("9000001", "Drug has drug class", "C07AB02"), ("C07AB02", "Drug class of drug", "9000001")]
    what = "SELECT concept_code, concept_name, domain_id, valid_start_date, valid_end_date, invalid_reason FROM [concept] WHERE concept_code IN "
    assert ask(home, what + "('AANL001', 'Z51', '01C999', 'C07AB02') ORDER BY 1") == [
        ("01C999", "Ancien", "Observation", date(2012, 1, 1), date(2012, 12, 31), "D"),
        ("AANL001", "Irradiation", "Procedure", date(2005, 3, 1), date(2010, 5, 1), "D"),
        ("C07AB02", "metoprolol", "Drug", date(1970, 1, 1), date(2099, 12, 31), None),
        ("Z51", "Autres soins", "Observation", date(1970, 1, 1), date(2099, 12, 31), None),
    ]
    assert ("LOPRESSOR",) in ask(home, "SELECT concept_synonym_name FROM [concept_synonym]")
    assert ("Drug", "Drug") in ask(home, "FROM [domain]")
    assert ("CCAM act", "CCAM act") in ask(home, "FROM [concept_class]")


def test_the_same_files_again_change_nothing(lists, home):
    load(lists, home)
    before = (home / "vocabulary").resolve(), numbers(home)
    assert load(lists, home).new == ()
    assert ((home / "vocabulary").resolve(), numbers(home)) == before


def test_numbers_stay_from_one_edition_to_the_next(lists, home):
    load(lists, home)
    before = numbers(home)
    packed(
        lists / "edsnlp_cim10.csv.gz",
        CIM10.replace("Z51,0,N,0,SOINS,Autres soins", "A001,0,N,0,Y,Nouveau").replace("Choléra à Vibrio", "Renommé"),
    )
    assert load(lists, home).new == ("CIM10",)
    after = numbers(home)
    assert before.items() <= after.items()
    assert after.keys() - before.keys() == {"CIM10/A001"}
    named = "SELECT concept_name, valid_end_date, invalid_reason FROM [concept] WHERE concept_code IN ('A000', 'Z51') ORDER BY concept_code"
    assert ask(home, named) == [("Renommé", date(2099, 12, 31), None), ("Autres soins", date(2026, 11, 25), "D")]


def athena(folder, **tables):
    folder.mkdir(exist_ok=True)
    good = {
        "CONCEPT": [
            FIELDS("concept_id concept_name domain_id vocabulary_id concept_class_id standard_concept concept_code valid_start_date valid_end_date invalid_reason"),
            FIELDS("1307046 metoprolol Drug RxNorm Ingredient S 6918 19700101 20991231 ", " "),
            FIELDS("21601664 beta-blockers Drug ATC ATC C C07 19700101 20991231 ", " "),
        ],
        "CONCEPT_ANCESTOR": [
            FIELDS("ancestor_concept_id descendant_concept_id min_levels_of_separation max_levels_of_separation"),
            FIELDS("21601664 21601664 0 0"), FIELDS("21601664 1307046 1 1"),
        ],
        "VOCABULARY": [FIELDS("vocabulary_id vocabulary_name vocabulary_reference vocabulary_version vocabulary_concept_id"), FIELDS("ATC ATC x 2026 21")],
    } | tables  # fmt: skip
    for name, rows in good.items():
        (folder / f"{name}.csv").write_text("\n".join("\t".join(row) for row in rows) + "\n", encoding="utf-8")
    return folder


def test_athenas_concepts_take_the_place_of_their_local_namesakes(lists, home, tmp_path):
    given = athena(tmp_path / "athena")
    assert load(given, home).new == ("Athena",)
    load(lists, home)
    found = numbers(home)
    assert found["ATC/C07"] == 21601664
    assert ("C07", "9000001", 2) in ask(home, ABOVE)
    assert ("C07", "6918", 1) in ask(home, ABOVE)
    load(
        athena(
            tmp_path / "athena",
            CONCEPT_ANCESTOR=[
                FIELDS("ancestor_concept_id descendant_concept_id min_levels_of_separation max_levels_of_separation")
            ],
        ),
        home,
    )
    assert numbers(home) == found
    assert ("C07", "6918", 1) not in ask(home, ABOVE)
    assert ("C07", "9000001", 2) in ask(home, ABOVE)


def test_a_local_concept_gives_way_to_athenas_that_comes_later(lists, home, tmp_path):
    load(lists, home)
    local = numbers(home)["ATC/C07"]
    load(athena(tmp_path / "athena"), home)
    named = "SELECT concept_id, invalid_reason FROM [concept] WHERE concept_code = 'C07' ORDER BY 1"
    assert ask(home, named) == [(21601664, None), (local, "U")]
    assert [row for row in ask(home, ABOVE) if row[0] == "C07"] == [
        ("C07", "6918", 1),
        ("C07", "9000001", 2),
        ("C07", "C07AB02", 1),
    ]
    ids = "SELECT DISTINCT ancestor_concept_id FROM [concept_ancestor] JOIN [concept] ON concept_id = ancestor_concept_id WHERE concept_code = 'C07'"
    assert ask(home, ids) == [(21601664,)]
    assert ask(home, "SELECT count(*) FROM [vocabulary] WHERE vocabulary_id = 'ATC'") == [(1,)]
    without = athena(
        tmp_path / "athena",
        CONCEPT=[HEAD, ROW],
        CONCEPT_ANCESTOR=[FIELDS("ancestor_concept_id descendant_concept_id min_levels_of_separation max_levels_of_separation")],
    )
    load(without, home)
    assert ask(home, named) == [(local, None)]


HEAD = FIELDS(
    "concept_id concept_name domain_id vocabulary_id concept_class_id standard_concept concept_code valid_start_date valid_end_date invalid_reason"
)
ROW = FIELDS("1 a Drug ATC ATC S x 19700101 20991231 D")
FAULTS = [
    ([HEAD, ROW, ROW[:5]], 3, "fields"),
    ([HEAD, ["one", *ROW[1:]]], 2, "concept_id"),
    ([HEAD, ROW, [*ROW[:7], "19701301", *ROW[8:]]], 3, "valid_start_date"),
    ([HEAD, ROW, ROW], 3, "twice"),
    ([HEAD[1:], ROW[1:]], 1, "concept_id"),
]


@pytest.mark.parametrize(("rows", "line", "why"), FAULTS)
def test_a_line_of_athenas_at_fault_is_told_and_nothing_is_loaded(lists, home, tmp_path, rows, line, why):
    load(lists, home)
    before = numbers(home)
    with pytest.raises(Refused) as refused:
        load(athena(tmp_path / "athena", CONCEPT=rows), home)
    assert refused.value.code == "vocabulary.bad_line"
    assert (refused.value.refusal.facts["file"], refused.value.refusal.facts["line"]) == ("CONCEPT.csv", line)
    assert why in refused.value.refusal.facts["why"]
    assert numbers(home) == before


CASES = [
    ("edsnlp_cim10.csv", "code\nA00\n", 1), ("edsnlp_cim10.csv", CIM10 + "A01,1\n", 6), ("edsnlp_cim10.csv", CIM10 + "A00,1,1,1,x,y\n", 6),
    ("edsnlp_cim10.csv", CIM10 + ",1,1,1,x,y\n", 6), ("edsnlp_cim10.csv", CIM10 + 'A01,"\n', 6),
    ("x_ccam_actes.json", [ACTS[0], 1], 2), ("x_ccam_actes.json", [ACTS[0], ACTS[0]], 2), ("x_ccam_actes.json", [ACTS[0] | {"date_debut": "2005-13-01"}], 1),
    ("edsnlp_drugs.json", {"C": ["x"], "C0": ["y"]}, 2), ("edsnlp_drugs.json", {"C": []}, 1),
    ("x_ucd_tot_table.json", [{"code_ucd": 9}], 1), ("x_ghm_regroupement.json", [GHM[0] | {"anseqta": "MMXII"}], 1),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "line"), CASES)
def test_a_line_of_a_list_at_fault_is_told(home, tmp_path, name, given, line):
    packed(tmp_path / name, given)
    with pytest.raises(Refused) as refused:
        load(tmp_path / name, home)
    assert refused.value.code == "vocabulary.bad_line"
    assert (refused.value.refusal.facts["file"], refused.value.refusal.facts["line"]) == (name, line)
    assert not (home / "vocabulary").exists()


@pytest.mark.parametrize(
    "tree",
    [
        [*TREE, TREE[0]],
        [*TREE, {"code": "ZZZZ999", "parent": "000002", "type": "A"}],
        [{"code": "000001", "parent": "000002", "strate": "00", "libelle": "x", "type": "H"}, {"code": "000002", "parent": "000001", "strate": "01", "libelle": "y", "type": "H"}],
    ],
)  # fmt: skip
def test_a_tree_that_does_not_hold_is_told(home, tmp_path, tree):
    packed(tmp_path / "x_ccam_actes.json", ACTS)
    packed(tmp_path / "x_ccam_hierarchie_actes.json", tree)
    with pytest.raises(Refused) as refused:
        load(tmp_path, home)
    assert refused.value.code == "vocabulary.bad_line"


@pytest.mark.parametrize(
    ("name", "data"),
    [("edsnlp_cim10.csv.gz", b"no gzip"), ("edsnlp_cim10.csv", b"\xff"), ("edsnlp_drugs.json", b"[]"), ("edsnlp_drugs.json", b"{"), ("x_ucd_tot_table.json", b"{}")],
)  # fmt: skip
def test_a_file_that_is_none_is_told(home, tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Refused) as refused:
        load(tmp_path / name, home)
    assert refused.value.code == "vocabulary.bad_file"


def test_a_place_without_lists_is_told(home, tmp_path):
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(Refused) as refused:
            load(path, home)
        assert refused.value.code == "vocabulary.unknown"


def test_two_loads_at_once_are_one(lists, home):
    (home / "vocabularies").mkdir(parents=True)
    with (home / "vocabularies" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Refused) as refused:
            load(lists, home)
    assert refused.value.code == "vocabulary.busy"


def test_a_load_that_was_killed_leaves_what_was_there(lists, home, monkeypatch):
    load(lists, home)
    before = numbers(home)
    packed(lists / "edsnlp_drugs.json", DRUGS | {"C08": ["autre"]})
    monkeypatch.setattr(loading, "settle", lambda path: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        load(lists, home)
    assert numbers(home) == before
    monkeypatch.undo()
    load(lists, home)
    assert numbers(home).keys() - before.keys() == {"ATC/C08"}
    assert sorted(one.name for one in (home / "vocabularies").iterdir()) == ["000001", "000002", "lock"]


def test_the_command_loads_and_lists(lists, home):
    def said(*words):
        done = CliRunner().invoke(app, [*words, "--home", str(home)])
        assert done.exit_code == 0, done.output
        return done.output

    assert "No vocabulary" in said("list")
    assert "CIM10: loaded." in said("load", str(lists))
    assert "CIM10: the same as before" in said("load", str(lists))
    assert json.loads(said("load", str(lists), "--json"))["new"] == []
    assert "CIM10" in said("list")
    [cim10] = [one for one in json.loads(said("list", "--json"))["vocabularies"] if one["vocabulary"] == "CIM10"]
    assert (cim10["concepts"], cim10["in_force"], cim10["local"]) == (4, 4, True)
    assert cim10["loaded_at"]


@pytest.mark.real_data
def test_the_published_lists_load_whole(home):
    if not DATA.exists():
        pytest.skip(f"the French lists are not in {DATA}")
    load(DATA, home)
    found = {one["vocabulary"]: one["concepts"] for one in loading.listed(home)}
    assert found == {"CIM10": 42_886, "CCAM": 10_318, "ATC": 1_968, "UCD": 1_775, "GHM": 2_775 + 219 + 27}
