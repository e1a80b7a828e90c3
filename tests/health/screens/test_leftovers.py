"""Screens: the check of an imported definition, keys that mean nothing kept through edits, accounts from the terminal."""

import json

import pytest

from diptych.commons.refusal import Refused
from diptych.health.commands.account import open_one
from diptych.health.warehouse.research.accounts.models import Account
from diptych.health.warehouse.research.accounts.terms import Right
from diptych.health.warehouse.research.cohort.wire import cohort360
from diptych.health.warehouse.research.questions import operations, queries
from diptych.health.warehouse.research.questions.terms import Form
from tests.health.screens import factories
from tests.health.screens.conftest import AT
from tests.health.worlds import cohort, condition

pytestmark = pytest.mark.django_db


def test_an_imported_definition_is_checked(hospital: object) -> None:
    client = factories.signed_in(factories.account())
    asked = cohort(condition(1)) | {"Colour": "red"}
    answer = client.post("/requetes/importer/", {"text": json.dumps(asked)}, follow=True)
    page = answer.content.decode()
    assert "remarques sur cette définition" in page
    assert "La cohorte finit le jour où elle commence." in page
    assert "$.Colour" in page
    english = client.get(answer.redirect_chain[-1][0], headers={"accept-language": "en"}).content.decode()
    assert "The cohort ends on the day it starts." in english or "La cohorte finit" in english
    for text, said in (('{"a": 1, "a": 2}', "$.a"), ('{"a": NaN}', "JSON"), ("[" * 5000, "JSON"), ("\ufeff[]", "$")):
        refused = client.post("/requetes/importer/", {"text": text})
        assert refused.status_code in {200, 422}
        assert said in refused.content.decode()


def test_keys_that_mean_nothing_stay_through_edits(hospital: object) -> None:
    of = factories.account()
    asked = cohort360.write(queries.opened(cohort360.read(factories.example(), origin="x").request))
    asked["request"]["criteria"][0]["dateRangeList"] = [{"minDate": "2020-01-01"}]
    asked["instance_id"] = "b4cd"
    id_ = operations.create(account_id=of.pk, name="marked", form=Form.REQUEST, asked=asked, at=AT)
    first = asked["request"]["criteria"][0]["_id"]
    operations.apply(
        question_id=id_,
        account_id=of.pk,
        place=queries.question(question_id=id_, account_id=of.pk).place,
        at=AT,
        gesture="turn",
        card=first,
    )
    kept = queries.question(question_id=id_, account_id=of.pk).asked
    assert kept["instance_id"] == "b4cd"
    assert kept["request"]["criteria"][0]["dateRangeList"] == [{"minDate": "2020-01-01"}]
    assert kept["request"]["criteria"][0]["isInclusive"] is False


def test_an_account_from_the_terminal() -> None:
    given = {"name": "Léa", "rights": (Right.EXACT,), "care_sites": (1,), "at": AT}
    number = open_one(email="lea@chu.example.fr", password=factories.PASSWORD, **given)
    assert Account.objects.get(pk=number).check_password(factories.PASSWORD)
    for email, password, code in (
        ("LEA@chu.example.fr", factories.PASSWORD, "accounts.taken"),
        ("nobody", factories.PASSWORD, "accounts.no_address"),
        ("karim@chu.example.fr", "12345", "accounts.weak_password"),
    ):
        with pytest.raises(Refused) as refused:
            open_one(email=email, password=password, **given)
        assert refused.value.code == code
