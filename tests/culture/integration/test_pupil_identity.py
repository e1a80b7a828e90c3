"""EduConnect against a real provider in a thread: a pupil is vouched for, and each lie of the provider's is caught."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.urls import reverse

from diptych.commons.settings import Settings
from diptych.commons.settings import settings as our_settings
from diptych.culture.domain.eligibility.models import FraudCheck
from diptych.culture.domain.eligibility.terms import State
from diptych.culture.gateways import pupil_identity
from diptych.culture.site import demo, demo_pupils
from tests.commons import oidc_provider
from tests.culture import factories
from tests.culture.applicants import applicant, state_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch) -> Iterator[oidc_provider.Provider]:
    """EduConnect, listening."""
    with oidc_provider.running(person={"sub": "p1", "ine": "1234567890A"}) as provider:
        entry = {
            "issuer": provider.issuer,
            "client_id": oidc_provider.CLIENT_ID,
            "secret": oidc_provider.SECRET,
            "purpose": "pupils",
        }
        known = {**our_settings()._values, "DIPTYCH_OIDC": [entry]}
        monkeypatch.setattr(pupil_identity, "settings", lambda: Settings(known))
        yield provider


def there_and_back(client: Any, provider: oidc_provider.Provider, person: Any, **more: Any) -> Any:
    """Choose EduConnect, sign in there, come back."""
    provider.person |= {
        "given_name": person.first_name, "family_name": person.last_name, "birthdate": person.birth_date.isoformat(), **more
    }  # fmt: skip
    gone = client.post(reverse("youth:identity"), {"way": "educonnect"}).url
    sent = {name: values[0] for name, values in parse_qs(urlsplit(gone).query).items()}
    back = urlsplit(httpx.post(f"{provider.issuer}/authorize", data=sent).headers["Location"])
    return client.get(back.path, {name: values[0] for name, values in parse_qs(back.query).items()})


def test_a_pupil_is_vouched_for_once(school: oidc_provider.Provider) -> None:
    person = applicant(age=17)
    client = factories.signed_in(person)
    assert "educonnect" in client.get(reverse("youth:journey")).text
    assert there_and_back(client, school, person).url == reverse("youth:journey")
    person.refresh_from_db()
    assert state_of(person) is State.HONOR_STATEMENT
    assert len(person.student_hash) == 64 and "1234567890A" not in str(FraudCheck.objects.latest("id").answer)
    assert client.get(reverse("youth:pupil-back"), {"code": "x", "state": "y"}).url == reverse("youth:journey")
    twin = applicant(age=17)
    there_and_back(factories.signed_in(twin), school, twin)
    assert FraudCheck.objects.latest("id").reasons == ["duplicate_ine"]


@pytest.mark.django_db(transaction=True)
def test_the_demos_own_provider_vouches_for_a_pupil(live_server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """The gateway speaks to the provider that the demo plays, over the network; what does not hold is refused there too."""
    known = {**our_settings()._values, "DIPTYCH_OIDC": [demo._educonnect(live_server.url)]}
    for module in (pupil_identity, demo_pupils):
        monkeypatch.setattr(module, "settings", lambda: Settings(known))
    person = applicant(age=17)
    host = urlsplit(live_server.url).netloc
    client = factories.signed_in(person)
    gone = urlsplit(client.post(reverse("youth:identity"), {"way": "educonnect"}, headers={"Host": host}).url)
    page = client.get(f"{gone.path}?{gone.query}", headers={"Host": host})
    chosen = {field.name: field.value() for field in page.context["form"]} | {"birthdate": person.birth_date.isoformat()}
    assert chosen["family_name"] == person.last_name
    back = client.post(f"{gone.path}?{gone.query}", chosen, headers={"Host": host}).url
    assert client.get(back.removeprefix(live_server.url), headers={"Host": host}).url == reverse("youth:journey")
    assert state_of(person) is State.HONOR_STATEMENT
    for path, status in (
        ("authorize?client_id=x", 400),
        (f"authorize?{gone.query}&redirect_uri=https://x.example/", 400),
        ("userinfo", 401),
    ):
        assert client.get(f"/demo/educonnect/{path}", headers={"Host": host}).status_code == status, path
    code = parse_qs(urlsplit(back).query)["code"][0]
    for sent in ({"code": "x"}, {"code": code, "client_secret": "x"}, {"code": code, "client_secret": "of the demo"}):
        assert client.post("/demo/educonnect/token", sent, headers={"Host": host}).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    "lie",
    [{"nonce": "other"}, {"audience": "other"}, {"issuer": "other"}, {"expires": 1}, {"key": True}, {"alg_none": True},
     {"subject": "p2"}, {"no_id_token": True}, {"described_as": "https://other.example"}, {"leaves_out": "jwks_uri"},
     {"issued": "x"}, {"id_token": [1]}, {"jwks": {"keys": "one"}}, {"jwks": []}, {"userinfo": "null"}, {"userinfo": "{}"}],
    ids=lambda lie: next(iter(lie)),
)  # fmt: skip
def test_each_lie_is_caught(lie: dict[str, Any], school: oidc_provider.Provider) -> None:
    person = applicant(age=17)
    client = factories.signed_in(person)
    if {"described_as", "leaves_out"} & lie.keys():
        school.lies = lie
        answer = client.post(reverse("youth:identity"), {"way": "educonnect"})
    else:
        school.lies = lie
        answer = there_and_back(client, school, person)
    assert (answer.status_code, answer.context["code"]) == (409, "pupil_identity.no_answer")
    assert state_of(person) is State.IDENTITY_CHECK


def test_without_a_provider_the_way_is_closed() -> None:
    client = factories.signed_in(applicant(age=17))
    assert "educonnect" not in client.get(reverse("youth:journey")).text
    answer = client.post(reverse("youth:identity"), {"way": "educonnect"})
    assert answer.context["code"] == "eligibility.check_not_open"
