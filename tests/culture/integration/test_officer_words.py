"""The officer reads words: every code that a person's file can show has its own, with the code beside in small."""

from enum import StrEnum

import pytest
from django.utils import translation

from diptych.culture.domain.eligibility.models import FraudCheck
from diptych.culture.domain.eligibility.terms import (
    CheckStatus,
    CheckType,
    Machine,
    ReasonCode,
    ReviewResult,
    State,
    Step,
)
from diptych.culture.domain.people.terms import AccountState, Role, SuspensionReason
from diptych.culture.domain.wallet.terms import Scheme
from diptych.culture.portals.backoffice.templatetags import backoffice
from tests.culture import factories
from tests.culture.applicants import applicant, show_document
from tests.culture.factories import AT

CODES: dict[str, type[StrEnum]] = {
    "account": AccountState, "role": Role, "state": State, "machine": Machine, "scheme": Scheme, "step": Step,
    "suspension": SuspensionReason, "check": CheckType, "status": CheckStatus, "review": ReviewResult, "reason": ReasonCode,
}  # fmt: skip


@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_code_has_its_words(kind: str, language: str) -> None:
    assert set(backoffice.KINDS[kind]) == set(CODES[kind])
    with translation.override(language):
        for code in CODES[kind]:
            words = backoffice.said(kind, code)
            assert f'<code class="said__code">{code}</code>' in words
            assert not words.startswith("<code")
        labels = [str(word.label) for word in backoffice.KINDS[kind].values()]
    assert all("_" not in label for label in labels)


def test_what_has_no_words_is_told_as_it_is() -> None:
    assert backoffice.said("reason", "") == backoffice.actor("") == "–"
    assert backoffice.said("reason", "<new>") == '<code class="said__code">&lt;new&gt;</code>'
    with translation.override("fr"):
        assert "équipe, compte 7" in backoffice.actor("person:7") and "programme" in backoffice.actor("job:activation")


@pytest.mark.django_db
def test_the_file_and_the_form_speak_words() -> None:
    person = applicant()
    show_document(person, status=CheckStatus.SUSPICIOUS, reasons=(ReasonCode.ID_CHECK_DATA_MATCH,))
    kept = set().union(*(line.answer for line in FraudCheck.objects.filter(person=person)))
    assert kept and kept <= set(backoffice.KINDS["answer"])
    page = factories.signed_in(factories.staff(at=AT)).get(f"/equipe/jeunes/{person.pk}/").text
    for words in ("données déclarées et lues différentes", "douteux", "contrôle du document", "17–18 ans, depuis mars 2025",
                  "prénom", "fraude\u202f: faux document</option>"):  # fmt: skip
        assert words in page, words
    assert ">FRAUD_FAKE_DOCUMENT<" not in page
