"""The commands of the team: roles given and taken, numbers refused, each in the journal; what is wrong, with its exit status."""

import json

import pytest

from diptych.commons.refusal import Refused
from diptych.culture.commands import phones, staff
from diptych.culture.domain.eligibility.models import RefusedPhone
from diptych.culture.domain.people import operations
from diptych.culture.domain.people.models import Person
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.privacy import told

pytestmark = pytest.mark.django_db


def test_roles_are_given_listed_and_taken(capsys: pytest.CaptureFixture[str]) -> None:
    odile = factories.staff(email="odile@exemple.example", staff_roles=["support_n1"])
    staff.roles(who="Odile@exemple.example", role=["dpo", "fraude_jeunes"], as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "person_id": odile.pk, "before": ["support_n1"], "after": ["dpo", "fraude_jeunes"],
    }  # fmt: skip
    staff.roles(who=str(odile.pk), role=["fraude_jeunes", "dpo"], as_json=False)  # the same again: nothing new
    staff.show(as_json=True)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {
        "team": [{"person_id": odile.pk, "roles": ["dpo", "fraude_jeunes"]}]
    }
    staff.roles(who=str(odile.pk), role=None, as_json=False)
    assert capsys.readouterr().out == f"Account {odile.pk}: dpo, fraude_jeunes → no role.\n"
    assert Person.objects.get(pk=odile.pk).staff_roles == []
    written = told(act="people.set_staff_roles")
    assert [(entry.actor, entry.facts["after"]) for entry in written] == [
        ("command:staff", []), ("command:staff", ["dpo", "fraude_jeunes"]),
    ]  # fmt: skip
    staff.show(as_json=False)
    assert str(odile.pk) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("who", "roles", "code"),
    [("nobody@exemple.example", ["dpo"], "people.not_found"), ("999999", ["dpo"], "people.not_found"),
     ("youth", ["dpo"], "people.not_staff"), ("staff", ["boss"], "people.not_a_role")],
)  # fmt: skip
def test_what_is_wrong_is_refused(who: str, roles: list[str], code: str) -> None:
    people = {"youth": factories.youth(), "staff": factories.staff()}
    with pytest.raises(Refused, match=f"^{code}$"):
        staff.roles(who=str(people[who].pk) if who in people else who, role=roles)
    assert told(act="people.set_staff_roles") == []


def test_numbers_are_refused_and_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        phones.refuse(number="06 17 17 17 17", why="Série")
    phones.allow(number="+33617171717")
    assert capsys.readouterr().out.splitlines() == [
        "The number is refused from now on.", "The number was on the list already.", "The number may be used again.",
    ]  # fmt: skip
    assert not RefusedPhone.objects.exists()
    assert [entry.act for entry in told(actor="command:phones")] == ["eligibility.allow_phone", "eligibility.refuse_phone"]
    with pytest.raises(Refused, match=r"^eligibility\.phone_not_refused$"):
        phones.allow(number="+33617171717")
    assert operations.set_staff_roles(person_id=factories.staff(staff_roles=[]).pk, roles=(), actor="x", at=AT) == ()
