"""Why there is this much: the same rules told to the youth and to the officer, and their sum is the figure shown."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from diptych.commons.web.saying import cite, say
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.bookings.rules import wording as of_bookings
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import StaffRole
from diptych.culture.domain.wallet import operations
from diptych.culture.domain.wallet.models import Deposit
from diptych.culture.domain.wallet.queries import credits_explained, wallet_of
from diptych.culture.domain.wallet.rules import law, wording
from diptych.culture.domain.wallet.terms import MovementKind, Said, WhyAdded
from diptych.culture.jobs import return_expired
from tests.culture.factories import AT, offer, signed_in, staff, stock, youth
from tests.culture.integration.test_ledger import THEN, audiobook, novel, underage

pytestmark = pytest.mark.django_db
ADDED = WhyAdded.ERROR_OF_THE_SERVICE


def codes(person: Person, *, at: datetime = AT, place: int = 0) -> list[str]:
    return [one.because.code for one in credits_explained(person_id=person.pk, at=at)[place].applied]


def crossed() -> Person:
    """Fifteen in 2022, two bookings, eighteen today: the credit of 17–18 took over, and one booking was cancelled since."""
    person = underage()
    kept = bookings.book(person_id=person.pk, stock_id=audiobook(price_cents=15_00).pk, places=1, at=THEN)
    bookings.book(person_id=person.pk, stock_id=novel(price_cents=8_00).pk, places=1, at=THEN)
    operations.keep_up(person_id=person.pk, actor="test:1", at=AT)
    bookings.cancel(booking_id=kept.id, person_id=person.pk, at=AT)
    return person


def test_the_rules_of_a_credit_add_up_to_what_is_left() -> None:
    person = youth(age=18)
    bookings.book(person_id=person.pk, stock_id=stock(price_cents=33_00).pk, places=1, at=AT)
    operations.add_credit(person_id=person.pk, amount_cents=10_00, why=ADDED, key="k", actor="person:1", at=AT)
    (credit,) = credits_explained(person_id=person.pk, at=AT)
    assert [(one.because.code, one.amount_cents) for one in credit.applied] == [
        ("credit.registered.AGE17_18", None),
        ("credit.amount.Recredit18", 150_00),
        ("credit.amount.ManualModification", 10_00),
        ("credit.spent", -33_00),
        ("caps.digital", None),
        ("credit.end", None),
    ]  # fmt: skip
    view = wallet_of(person_id=person.pk, at=AT)
    assert view is not None
    assert credit.left_cents == view.left.total_cents == 127_00


def test_a_change_of_regime_is_told_on_both_sides() -> None:
    person = crossed()
    now, before = credits_explained(person_id=person.pk, at=AT)
    assert [one.because.code for one in now.applied] == [
        "credit.registered.UNDERAGE", "credit.amount.Recredit18", "credit.transition", "credit.spent", "caps.digital", "credit.end",
    ]  # fmt: skip
    came = next(one for one in now.applied if one.because.code == "credit.transition")
    assert (came.amount_cents, came.because.facts["bookings"]) == (50_00, 2)
    view = wallet_of(person_id=person.pk, at=AT)
    assert view is not None and now.left_cents == view.left.total_cents == 192_00
    assert [one.because.code for one in before.applied][-2:] == ["credit.handed_on", "credit.ended_by_next"]
    assert (before.left_cents, before.ended) == (0, True)
    (gone,) = [one for one in before.applied if one.because.code == "credit.handed_on"]
    assert (gone.amount_cents, gone.because.facts["bookings"]) == (-50_00, 2)


@pytest.mark.parametrize("returned", [False, True])
def test_what_was_not_spent_in_time_is_told_before_and_after_the_job(returned: bool) -> None:
    person = youth(age=18)
    end = Deposit.objects.get(person=person).expires_at
    if returned:
        return_expired.run(at=end)
    (credit,) = credits_explained(person_id=person.pk, at=end)
    assert (credit.applied[-1].because.code, credit.applied[-1].amount_cents) == ("credit.expired", -150_00)
    assert (credit.left_cents, credit.ended) == (0, True)


@pytest.mark.parametrize("born", [None, date(2012, 5, 2), date(1999, 5, 2)])
def test_a_credit_whose_facts_have_changed_is_told_by_its_own_regime(born: date | None) -> None:
    person = youth(age=18)
    Person.objects.filter(pk=person.pk).update(birth_date=born)
    assert codes(person)[0] == "credit.opened.AGE17_18"


def test_a_cap_that_no_row_gives_is_the_deposit_s_own() -> None:
    person = youth(age=18)
    Deposit.objects.filter(person=person).update(digital_cap_cents=70_00)
    (cap,) = [
        one.because for one in credits_explained(person_id=person.pk, at=AT)[0].applied if one.because.code == "caps.digital"
    ]
    assert (cap.facts["cap_cents"], cap.source) == (70_00, "terms of the deposit")


def test_nobody_without_a_credit_has_one_explained() -> None:
    assert credits_explained(person_id=youth(age=16, credit=False).pk, at=AT) == []


def every_said() -> list[Said]:
    found = []
    for module in (wording, of_bookings):
        for value in vars(module).values():
            found += [value] if isinstance(value, Said) else list(value.values()) if isinstance(value, dict) else []
    return [one for one in found if isinstance(one, Said)]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_rule_is_said_in_both_languages_and_both_voices(language: str) -> None:
    """The officer's sentence speaks to nobody; the youth's has its own. French says *tu*, never *vous*."""
    assert len(every_said()) > 40
    for one in every_said():
        facts = dict.fromkeys(re.findall(r"{(\w+)}", one.sentence + one.to_youth), 100)
        with override(language):
            to_all, to_youth = say(one.sentence, facts), say(one.to_youth, facts)
        assert "{" not in to_all + to_youth
        if language == "fr":
            assert not re.search(r"\b(tu|tes|ton|ta|te|vous|votre)\b", to_all, re.I), one
            assert not re.search(r"\b(vous|votre|vos)\b", to_youth, re.I), one
        else:
            assert not re.search(r"\byour?\b", to_all, re.I), one


def test_every_source_of_the_law_has_its_french() -> None:
    with override("fr"):
        for row in (row for table in law.TABLES for row in table):
            assert cite(row.source) != row.source, row.source
        assert cite("guide §2.1, order of decision; decree of 1 March 2025") == (
            "guide du pass, §2.1, ordre de décision ; décret du 1er mars 2025"
        )


def test_the_youth_reads_every_rule_behind_the_figure() -> None:
    person = crossed()
    page = signed_in(person).get(reverse("youth:wallet"), {"pourquoi": ""}).text
    assert re.search(r"Pourquoi 192\s€\s\?", page)
    assert "Ton inscription date du mardi 10 janvier 2023, à 15 ans" in page
    assert "Ton ancien crédit te transmet 50\u00a0€" in page
    assert "Décret du 1er mars 2025" in page
    assert "Ton crédit de 15, 16 et 17 ans" in page
    assert '<details class="why" open id="pourquoi">' in page
    english = signed_in(person).get(reverse("youth:wallet"), headers={"Accept-Language": "en"}).text
    assert "Your former credit hands on €50" in english
    assert "Decree of 1 March 2025" in english


def test_the_officer_reads_the_same_rules_in_neutral_words() -> None:
    person = crossed()
    client = signed_in(staff(staff_roles=[StaffRole.SUPPORT_N2]))
    page = client.get(reverse("backoffice:youth", args=[person.pk]))
    told = {rule.code for _, rules in page.context["credits"] for rule in rules}
    assert told == {one.because.code for credit in credits_explained(person_id=person.pk, at=AT) for one in credit.applied}
    assert "viennent de l’ancien crédit" in page.text
    assert "Ton " not in re.sub(r"<[^>]+>", " ", page.text)
    assert [rule.code for rule in page.context["entry"]] == [
        "eligibility.none",
        "eligibility.window",
    ]  # nineteen, and never checked


def test_a_refused_booking_tells_its_rule_and_leads_to_the_explanation() -> None:
    person = youth(age=18)
    dear = stock(price_cents=290_00)
    page = signed_in(person).post(reverse("youth:book", args=[dear.offer_id]), {"stock": dear.pk, "places": 1, "key": "k" * 24})
    assert page.status_code == 409
    assert "Règle\u00a0: guide du pass, §2.2, vérification 6." in page.text
    assert f"{reverse('youth:wallet')}?pourquoi#pourquoi" in page.text
    said = signed_in(person).get(reverse("youth:offer", args=[dear.offer_id])).text
    assert "vérification 6" in said


def test_whoever_may_not_enter_reads_why() -> None:
    person = youth(age=24, credit=False)
    page = signed_in(person).get(reverse("youth:journey")).text
    assert "Tu as 24 ans\u00a0: le pass est pour les 15–20 ans." in page
    assert "période d’inscription" in page


def test_the_first_identity_check_decides_the_regime_that_is_told() -> None:
    """Whoever registered at 17 and was checked then keeps both ages: the rule that is told is that of the check."""
    person = youth(age=18, credit=False, registered_at=AT - timedelta(days=400))
    then = AT - timedelta(days=300)
    operations.open_credit(person_id=person.pk, at=AT, checked_at=then)
    (credit,) = credits_explained(person_id=person.pk, at=AT, checked_at=then)
    assert credit.applied[0].because.facts["age"] == 17
    assert [one.because.of for one in credit.applied[1:3]] == [MovementKind.RECREDIT_17, MovementKind.RECREDIT_18]


def test_an_offer_of_nothing_has_no_rule() -> None:
    assert cite("") == ""
    assert "vérification" not in signed_in(youth(age=18)).get(reverse("youth:offer", args=[offer().pk])).text
