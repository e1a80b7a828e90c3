"""SQL on FHIR: small resources in, rows out, by the meaning and by DuckDB alike; every fault of a ViewDefinition by its path."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified.omop.views_on_fhir import definition, meaning
from diptych.health.warehouse.identified.omop.views_on_fhir.engine import running

ADA = {
    "resourceType": "Patient", "id": "ada", "active": True, "birthDate": "1985-09-21", "multipleBirthInteger": 2,
    "managingOrganization": {"reference": "Organization/north"},
    "extension": [{"url": "http://e/sex", "valueCode": "F"}, {"url": "http://e/other", "valueString": "x"}],
    "name": [
        {"use": "official", "family": "Durand", "given": ["Ada", "Lou"], "period": {"start": "2001-05-06T22:23:00-04:00"}},
        {"use": "usual", "family": "Martin", "given": [None, "Adou"]},
    ],
    "contact": [{"name": {"family": "Petit"}, "telecom": [{"value": "1"}, {"value": "2"}]}],
}  # fmt: skip
BOB = {
    "resourceType": "Patient",
    "id": "bob",
    "active": False,
    "birthDate": "1985-09",
    "name": [{"family": "Noël’s", "use": "old"}],
}
CLEO = {
    "resourceType": "Patient", "id": "cleo", "deceasedBoolean": True, "managingOrganization": {"reference": "https://x/Organization/a"}
}  # fmt: skip
FORM = {
    "resourceType": "QuestionnaireResponse", "id": "form",
    "item": [
        {"linkId": "1", "answer": [{"item": [{"linkId": "1.1"}]}], "item": [{"linkId": "1.2", "item": [{"linkId": "1.2.1"}]}]},
        {"linkId": "2"},
    ],
}  # fmt: skip
PATIENTS = [ADA, BOB, CLEO, FORM]


def view(*select, resource="Patient", **more):
    return definition.read(json.dumps({"resource": resource, "select": list(select), **more}), named="told")


def by_meaning(made, resources):
    return [row for one in resources for row in meaning.rows(made, one)]


def by_duckdb(made, resources):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("CREATE TABLE resources (origin BIGINT, resource VARCHAR)")
    connection.executemany("INSERT INTO resources VALUES (?, ?)", [(i, json.dumps(one)) for i, one in enumerate(resources)])
    running.make(connection, made, table="made", relation="resources", carried=("origin",))
    found = connection.execute("SELECT * EXCLUDE (origin) FROM made ORDER BY origin, rowid")
    names = [one[0] for one in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


ANSWERS = pytest.mark.parametrize("answer", [by_meaning, by_duckdb])


def column(name, path, type_=None, **more):
    return {"name": name, "path": path, **({"tag": [{"name": "ansi/type", "value": type_}]} if type_ else {}), **more}


EXPRESSIONS = [
    ("id", ["ada", "bob", "cleo"]),
    ("Patient.id", ["ada", "bob", "cleo"]),
    ("getResourceKey()", ["ada", "bob", "cleo"]),
    ("name.family.first()", ["Durand", "Noël’s", None]),
    ("name[1].family", ["Martin", None, None]),
    ("name[1].given[0]", ["Adou", None, None]),
    ("name.where(use = 'official').family", ["Durand", None, None]),
    ("name.where(use = 'nobody').exists()", [False, False, False]),
    ("name.exists(use = 'old')", [False, True, False]),
    ("name.exists()", [True, True, False]),
    ("name.given.empty()", [False, True, True]),
    ("deceased.ofType(boolean)", [None, None, "true"]),
    ("multipleBirth.ofType(integer) + 1", [3.0, None, None]),
    ("extension('http://e/sex').value.ofType(code)", ["F", None, None]),
    ("name.given.join(', ')", ["Ada, Lou, Adou", "", ""]),
    ("name.given.join()", ["AdaLouAdou", "", ""]),
    ("managingOrganization.getReferenceKey()", ["north", None, None]),
    ("managingOrganization.getReferenceKey(Organization)", ["north", None, None]),
    ("managingOrganization.getReferenceKey(Patient)", [None, None, None]),
    ("active and name.exists()", [True, False, False]),
    ("active.not()", [False, True, None]),
    ("active or name.empty()", [True, False, True]),
    ("birthDate = @1985-09-21", [True, None, None]),
    ("birthDate < @1985-10", [True, True, None]),
    ("birthDate >= @1986", [False, False, None]),
    ("name.first().period.start > @2001-05-07T00:00:00Z", [True, None, None]),
    ("name.family != 'Durand'", [True, True, None]),
    ("'it\\'s ' + id", ["it's ada", "it's bob", "it's cleo"]),
    ("(1 + 2) * 3 - 4 / 8", [8.5, 8.5, 8.5]),
    ("1 / 0", [None, None, None]),
    ("-3 < 2 and 2 <= 2.0", [True, True, True]),
    ("id = %who", [False, True, False]),
    ("%rowIndex", [0, 0, 0]),
    ("%resource.id", ["ada", "bob", "cleo"]),
    ("name.where(family = %resource.name.first().family).exists()", [True, True, False]),
    ("%rowIndex.toString() + '/' + active.toString()", ["0/true", "0/false", None]),
    ("true", [True, True, True]),
]


@ANSWERS
def test_an_expression_gives(answer):
    columns = [column(f"c{number}", path) for number, (path, _) in enumerate(EXPRESSIONS)]
    rows = answer(view({"column": columns}, constant=[{"name": "who", "valueString": "bob"}]), PATIENTS)
    found = {path: [row[f"c{number}"] for row in rows] for number, (path, _) in enumerate(EXPRESSIONS)}
    assert found == dict(EXPRESSIONS)
    assert [row["_unfit"] for row in rows] == [None] * 3


TYPES = [
    ("'x'", "VARCHAR", "x"),
    ("true", "BOOLEAN", True),
    ("7", "INTEGER", 7),
    ("2147483648", "BIGINT", 2147483648),
    ("7", "DOUBLE PRECISION", 7.0),
    ("7.25", "DECIMAL(6, 2)", Decimal("7.25")),
    ("'2180-05-06T22:23:00-04:00'", "TIMESTAMP", datetime(2180, 5, 6, 22, 23)),
    ("'2180-05-06T22:23:00-04:00'", "TIMESTAMP WITH TIME ZONE", datetime(2180, 5, 7, 2, 23, tzinfo=UTC)),
    ("'2180-05-06T22:23:00-04:00'", "DATE", date(2180, 5, 6)),
    ("'2180-05-06'", "DATE", date(2180, 5, 6)),
    ("id", "INTEGER", None),
    ("7.5", "INTEGER", None),
    ("2147483648", "INTEGER", None),
    ("'7'", "DOUBLE PRECISION", None),
    ("'true'", "BOOLEAN", None),
    ("'2180-05'", "DATE", None),
    ("'2180-02-31'", "DATE", None),
    ("'2180-05-06'", "TIMESTAMP", None),
    ("'2180-05-06T22:23:00'", "TIMESTAMP WITH TIME ZONE", None),
    ("'x'", "DECIMAL(3,1)", None),
]


@ANSWERS
@pytest.mark.parametrize("collection", [False, True])
def test_a_value_that_is_not_of_its_columns_type_is_told_and_not_guessed(answer, collection):
    def columns(*, fit):
        return [
            column(f"c{i}", path, type_, collection=collection)
            for i, (path, type_, to) in enumerate(TYPES)
            if (to is not None) == fit
        ]

    wanted = {f"c{i}": [to] if collection else to for i, (_, _, to) in enumerate(TYPES) if to is not None}
    assert answer(view({"column": columns(fit=True)}), [BOB]) == [wanted | {"_unfit": None}]
    for one in columns(fit=False):
        told = {one["name"]: [] if collection else None, "_unfit": f"{one['name']}: not of its type"}
        assert answer(view({"column": [one]}), [BOB]) == [told]


@ANSWERS
def test_several_values_for_one_are_told(answer):
    made = view({"column": [column("name", "name.family"), column("who", "id"), column("all", "name.family", collection=True)]})
    assert answer(made, [ADA, BOB]) == [
        {"name": None, "who": "ada", "all": ["Durand", "Martin"], "_unfit": "name: several values"},
        {"name": "Noël’s", "who": "bob", "all": ["Noël’s"], "_unfit": None},
    ]


@ANSWERS
@pytest.mark.parametrize(
    "path", ["name.family + 'x' = 'y'", "name.use and true", "name.family < 'x'", "name.where(given > 'a').exists()"]
)
def test_several_values_where_an_operator_takes_one_are_refused(answer, path):
    with pytest.raises(Refused) as refused:
        answer(view({"column": [column("it", path)]}), [ADA])
    assert refused.value.code == "views_on_fhir.several"


SELECTIONS = {
    "forEach makes a row of each": (
        [{"column": [column("id", "id")]}, {"forEach": "name", "column": [column("family", "family"), column("i", "%rowIndex")]}],
        [("ada", "Durand", 0), ("ada", "Martin", 1), ("bob", "Noël’s", 0)],
    ),
    "forEachOrNull makes one of none": (
        [{"column": [column("id", "id")]}, {"forEachOrNull": "contact", "select": [
            {"column": [column("family", "name.family"), column("i", "%rowIndex")]},
            {"forEach": "telecom", "column": [column("value", "value"), column("j", "%rowIndex")]},
        ]}],
        [("ada", "Petit", 0, "1", 0), ("ada", "Petit", 0, "2", 1), ("bob", None, 0, None, 0), ("cleo", None, 0, None, 0)],
    ),
    "selections beside each other multiply": (
        [{"forEach": "name", "column": [column("a", "use")]}, {"forEach": "extension", "column": [column("b", "url")]}],
        [(a, b) for a in ("official", "usual") for b in ("http://e/sex", "http://e/other")],
    ),
    "a union's branches follow each other": (
        [{"column": [column("id", "id")], "unionAll": [
            {"forEach": "name", "column": [column("family", "family"), column("contact", "false")]},
            {"select": [{"forEach": "contact", "column": [column("family", "name.family")]}, {"column": [column("contact", "true")]}]},
        ]}],
        [("ada", "Durand", False), ("ada", "Martin", False), ("ada", "Petit", True), ("bob", "Noël’s", False)],
    ),
    "repeat goes down as far as there is anything": (
        [{"repeat": ["item", "answer.item"], "column": [column("link", "linkId"), column("i", "%rowIndex")]}],
        [("1", 0), ("1.2", 1), ("1.2.1", 2), ("1.1", 3), ("2", 4)],
    ),
    "an element knows its resource": (
        [{"forEach": "name.given", "column": [column("key", "%resource.id + '/' + %rowIndex.toString()")]}],
        [("ada/0",), ("ada/1",), ("ada/2",)],
    ),
    "repeat within forEach begins there": (
        [{"forEach": "item", "column": [column("of", "linkId")], "select": [
            {"repeat": ["item"], "column": [column("link", "linkId")]}
        ]}],
        [("1", "1.2"), ("1", "1.2.1")],
    ),
}  # fmt: skip


@ANSWERS
@pytest.mark.parametrize("name", SELECTIONS)
def test_a_selection_gives(answer, name):
    select, wanted = SELECTIONS[name]
    resource = "QuestionnaireResponse" if "repeat" in name else "Patient"
    rows = answer(view(*select, resource=resource), PATIENTS)
    assert [tuple(row[key] for key in row if key != "_unfit") for row in rows] == wanted
    assert all(row["_unfit"] is None for row in rows)


@ANSWERS
def test_columns_stand_in_the_order_of_the_guide(answer):
    made = view(
        {
            "column": [column("a", "'A'")],
            "select": [{"forEach": "name", "column": [column("b", "'B'")]}],
            "unionAll": [{"column": [column("c", "'C1'")]}, {"column": [column("c", "'C2'")]}],
        },
        {"column": [column("d", "'D'")]},
    )
    assert [one.name for one in made.select.names()] == list("abcd")
    assert [(row["b"], row["c"]) for row in answer(made, [BOB])] == [("B", "C1"), ("B", "C2")]


@ANSWERS
def test_criteria_choose_resources_and_one_that_is_no_truth_is_told(answer):
    who = {"column": [column("id", "id")]}
    assert [row["id"] for row in answer(view(who, where=[{"path": "active"}]), PATIENTS)] == ["ada"]
    both = view(who, where=[{"path": "name.exists()"}, {"path": "active.not()"}])
    assert [row["id"] for row in answer(both, PATIENTS)] == ["bob"]
    odd = answer(view(who, where=[{"path": "name.family"}]), PATIENTS)
    assert odd == [{"id": one, "_unfit": "where: not a boolean"} for one in ("ada", "bob")]


def test_rows_that_do_not_fit_are_refused_where_the_guide_asks():
    connection = duckdb.connect()
    connection.execute("CREATE TABLE resources AS SELECT ? AS resource", [json.dumps(ADA)])
    for select, code in (("name.family", "views_on_fhir.unfit_rows"), ("id", None)):
        made = view({"column": [column("it", select)]})
        running.make(connection, made, table="made", relation="resources")
        if code is None:
            running.must_fit(connection, made, table="made")
        else:
            with pytest.raises(Refused) as refused:
                running.must_fit(connection, made, table="made")
            assert refused.value.code == code
            assert refused.value.refusal.facts["column"] == "it"
        connection.execute("DROP TABLE made")


GOOD = {"column": [{"name": "id", "path": "id"}]}
BAD = [
    ({}, "$.resource", "missing"),
    ({"resource": 1}, "$.resource", "no text"),
    ({"resource": "patient"}, "$.resource", "no type"),
    ({"resource": "Patient"}, "$.select", "none"),
    ({"resource": "Patient", "select": [{}]}, "$.select", "no column"),
    ({"resource": "Patient", "select": GOOD}, "$.select", "no list"),
    ({"resource": "Patient", "select": [1]}, "$.select[0]", "no object"),
    ({"resource": "Patient", "selects": []}, "$.selects", "no element"),
    ({"resourceType": "Patient", "resource": "Patient"}, "$.resourceType", "no ViewDefinition"),
    ({"name": "a b", "select": [GOOD]}, "$.name", "letters"),
    ({"select": [{"forEach0rNull": "name", **GOOD}]}, "$.select[0].forEach0rNull", "no element"),
    ({"select": [{"forEach": 1, **GOOD}]}, "$.select[0].forEach", "a text"),
    ({"select": [{"forEach": "@@", **GOOD}]}, "$.select[0].forEach", "character 1"),
    ({"select": [{"forEach": "a", "forEachOrNull": "b", **GOOD}]}, "$.select[0]", "do not go together"),
    ({"select": [{"repeat": [], **GOOD}]}, "$.select[0].repeat", "none"),
    ({"select": [{"repeat": ["$this"], **GOOD}]}, "$.select[0].repeat[0]", "never end"),
    ({"select": [{"repeat": ["'a' = 'b'"], **GOOD}]}, "$.select[0].repeat[0]", "never end"),
    ({"select": [GOOD, GOOD]}, "$.select", "id is defined twice"),
    ({"select": [{"column": [{"path": "id"}]}]}, "$.select[0].column[0].name", "missing"),
    ({"select": [{"column": [{"name": "_unfit", "path": "id"}]}]}, "$.select[0].column[0].name", "letter"),
    ({"select": [{"column": [{"name": "a"}]}]}, "$.select[0].column[0].path", "a text"),
    ({"select": [{"column": [{"name": "a", "path": "id", "type": "strnig"}]}]}, "$.select[0].column[0].type", "strnig"),
    ({"select": [{"column": [{"name": "a", "path": "id", "collection": 1}]}]}, "$.select[0].column[0].collection", "true or false"),
    ({"select": [{"column": [column("a", "id", "HUGE")]}]}, "$.select[0].column[0].tag[0].value", "HUGE"),
    ({"select": [{"column": [column("a", "id", "DECIMAL(3,9)")]}]}, "$.select[0].column[0].tag[0].value", "DECIMAL"),
    ({"select": [{"unionAll": [GOOD, {"column": [column("other", "id")]}]}]}, "$.select[0].unionAll[1]", "not those of the first"),
    ({"select": [{"unionAll": [GOOD, {"column": [column("id", "true")]}]}]}, "$.select[0].unionAll[1]", "types"),
    ({"select": [GOOD], "where": [{"path": "'a' + 'b'"}]}, "$.where[0].path", "true or false"),
    ({"select": [GOOD], "constant": [{"name": "a"}]}, "$.constant[0]", "one value"),
    ({"select": [GOOD], "constant": [{"name": "a", "valueInteger": True}]}, "$.constant[0].valueInteger", "no integer"),
    ({"select": [GOOD], "constant": [{"name": "a", "valueDecimal": "x"}]}, "$.constant[0].valueDecimal", "no decimal"),
    ({"select": [GOOD], "constant": [{"name": "rowIndex", "valueCode": "x"}]}, "$.constant[0].name", "this name"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "path", "why"), BAD)
def test_a_fault_of_a_view_is_told_with_its_path(given, path, why):
    if "select" in given:
        given = {"resource": "Patient"} | given
    with pytest.raises(Refused) as refused:
        definition.read(json.dumps(given), named="told")
    assert refused.value.code == "views_on_fhir.bad_view"
    assert refused.value.refusal.facts["path"] == path
    assert why in refused.value.refusal.facts["why"]


@pytest.mark.parametrize("text", ["", "[]", '{"resource": ', "[" * 100_000])
def test_what_is_no_view_is_refused(text):
    with pytest.raises(Refused) as refused:
        definition.read(text, named="told")
    assert refused.value.code == "views_on_fhir.not_a_view"


PATHS = [
    ("name.", "its end"), ("name..given", "'.'"), ("name[", "its end"), ("name['a']", "whole number"), ("name[-1]", "whole number"),
    ("name[true]", "whole number"), ("(name", "')'"), ("name given", "ends before 'given'"), ("#", "does not know"),
    ("%nobody", "%nobody"), ("name.matches('a')", "matches()"), ("name.where()", "')'"), ("name.join(1)", "takes a text"),
    ("name.first().ofType(x)", "ofType() follows"), ("extension(use)", "takes a text"), ("'a", "does not know"),
    ("a.getReferenceKey(1)", "a type's name"), (".".join("a" * 200), "more than"), ("-" * 500 + "1", "more than"), ("", "its end"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "why"), PATHS)
def test_an_expression_that_is_none_is_refused_by_its_place(path, why):
    with pytest.raises(Refused) as refused:
        view({"column": [column("it", path)]})
    assert refused.value.refusal.facts["path"] == "$.select[0].column[0].path"
    assert why in refused.value.refusal.facts["why"]


def test_selections_nest_as_far_as_is_said():
    deep = GOOD
    for _ in range(definition.DEEPEST):
        deep = {"select": [deep]}
    with pytest.raises(Refused) as refused:
        view(deep)
    assert refused.value.code == "views_on_fhir.bad_view"
    assert by_meaning(view(deep["select"][0]), [BOB]) == by_duckdb(view(deep["select"][0]), [BOB])
