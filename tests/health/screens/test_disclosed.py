"""What pictures tell beside their numbers: the order of lines, which lines there are; and exact counts, wherever they are seen."""

import numpy as np
import pytest
from django.db import connection

from diptych.commons import journal
from diptych.health.warehouse.research.portal import desk
from diptych.health.warehouse.research.portal.pictures import top_of, years_of
from diptych.health.warehouse.research.portal.showing import Showing
from diptych.health.warehouse.research.questions import operations
from tests.health.screens import factories
from tests.health.screens.conftest import AT

pytestmark = pytest.mark.django_db

GROUPS = [np.arange(first, first + 200) for first in range(0, 4000, 200)]


def figure(text: str) -> int:
    return int(text.replace("\xa0", ""))


def test_the_order_of_codes_says_no_more_than_their_figures():
    showing = Showing(factories.account())
    for group in GROUPS:
        for domain in ("ConditionOccurrence", "DrugExposure"):
            shown = [figure(bar.figure) for bar in top_of(desk.store(), group, showing, domain=domain)]
            assert shown == sorted(shown, reverse=True), "two shown alike are in no order of their exact counts"
            assert len(shown) <= 8


def test_whoever_counts_exactly_has_the_commonest():
    showing = Showing(factories.account("Karim", investigator=True))
    shown = [figure(bar.figure) for bar in top_of(desk.store(), GROUPS[0], showing, domain="ConditionOccurrence")]
    assert shown == sorted(shown, reverse=True) and len(shown) == 8


def test_a_year_is_named_whether_somebody_came_or_not():
    showing = Showing(factories.account())
    named = {tuple(bar.label for bar in years_of(desk.store(), group[:12], showing)) for group in GROUPS}
    assert len(named) == 1
    assert {bar.figure for bar in years_of(desk.store(), np.empty(0, np.int64), showing)} == {"<\xa010"}


def test_exact_counts_of_two_versions_are_journalled():
    karim = factories.account("Karim", investigator=True)
    id_, client = factories.question(karim), factories.signed_in(karim)
    operations.save(question_id=id_, account_id=karim.pk, release="r", at=AT)
    asked = factories.example(1)
    operations.edit(question_id=id_, account_id=karim.pk, asked=asked, place=1, at=AT)
    assert client.get(f"/requetes/{id_}/versions/?de=1&a=0").status_code == 200
    with connection.cursor() as cursor:
        seen = [line.facts["persons"] for line in journal.entries(cursor, subject=f"question:{id_}", act="cohorts.count_exact")]
    assert len(seen) == 2 and all(persons > 0 for persons in seen)


def test_a_place_that_no_edit_has_is_refused_not_a_breakdown():
    lea = factories.account()
    id_ = factories.question(lea)
    sent = {"place_of_care": "1", "place": "9" * 5000}
    answer = factories.signed_in(lea).post(f"/requetes/{id_}/perimetre/", sent, HTTP_ACCEPT="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "questions.changed_elsewhere")
