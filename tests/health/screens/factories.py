"""Accounts and requests, for the tests of the screens."""

from typing import Any

from django.test import Client

from diptych.health.site.world.examples import EXAMPLES
from diptych.health.warehouse.research.accounts.models import Account
from diptych.health.warehouse.research.accounts.operations import open_account
from diptych.health.warehouse.research.accounts.terms import Right
from diptych.health.warehouse.research.cohort.wire import cohort360
from diptych.health.warehouse.research.questions import operations
from diptych.health.warehouse.research.questions.terms import Form
from tests.health.screens.conftest import AT

PASSWORD = "a-long-password-for-tests"
ADDRESSES = {"Léa": "lea", "Karim": "karim", "Noé": "noe"}


def account(name: str = "Léa", *, investigator: bool = False, care_sites: tuple[int, ...] = (1,)) -> Account:
    """Somebody; an investigator counts exactly and sees patients."""
    rights = (Right.EXACT, Right.PATIENTS) if investigator else ()
    id_ = open_account(
        email=f"{ADDRESSES[name]}@recherche.exemple.fr",
        name=name,
        password=PASSWORD,
        rights=rights,
        care_sites=care_sites,
        actor="job:test",
        at=AT,
    )
    return Account.objects.get(pk=id_)


def signed_in(one: Account) -> Client:
    """Their browser."""
    client = Client()
    client.force_login(one, backend="django.contrib.auth.backends.ModelBackend")
    return client


def example(number: int = 0) -> dict[str, Any]:
    """One of the demo's requests, as JSON."""
    return cohort360.write(EXAMPLES[number][1])


def question(of: Account, example: int = 0, **more: Any) -> int:
    """One of the demo's requests, theirs."""
    name, request = EXAMPLES[example]
    given = {"name": name, "form": Form.REQUEST, "asked": cohort360.write(request)} | more
    return operations.create(account_id=of.pk, at=AT, **given)
