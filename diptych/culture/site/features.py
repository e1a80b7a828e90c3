"""What the pass opens by roll-out: its features, each with the plan that holds until the team sets another.

A view or a template asks by name (`is_open`). Does not hold plans that were set: those are in the database.
"""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_noop as _

from diptych.commons.clock import PARIS
from diptych.commons.rollout.terms import Feature, Plan, Rule, Vocabulary
from diptych.commons.web.rollout import Wiring
from diptych.culture.domain.people.rules import DEPARTMENTS

_CLOSED: Final = Plan(())
_OPEN: Final = Plan((Rule("everybody", datetime(2019, 2, 1, tzinfo=PARIS)),))

FEATURES: Final = (
    Feature("venue.camera", _("The counter reads QR codes by camera."), _OPEN),
    Feature(
        "youth.document_check_shedding",
        _("The document check is crowded: those alone whose birthday within 90 days makes them 16, 17, 18 or 19 begin one."),
        _CLOSED,
    ),
    Feature("youth.bonus", _("Young people ask for the family-quotient bonus."), _OPEN),
    Feature("youth.search_ranking", _("Search results are ordered by the weights that are tried."), _CLOSED),
)

ROLLOUT: Final = Wiring(
    features={feature.name: feature for feature in FEATURES},
    words=Vocabulary(frozenset(DEPARTMENTS) | {"984"}, frozenset({"born", "registered", "audience"})),
    somebody="diptych.culture.domain.people.queries.somebody",
    crowds="diptych.culture.domain.people.queries.crowds",
)
