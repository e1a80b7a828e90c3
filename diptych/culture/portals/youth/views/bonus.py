"""The bonus of those whose family quotient is low: asked for here, decided by a job; where it stands, and what to do."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from ..journey_forms import BonusForm
from ..pages import page, refused_on

from diptych.commons import clock
from diptych.commons.refusal import Refusal, deny
from diptych.commons.web.doors import door
from diptych.commons.web.refusals import sentence
from diptych.commons.web.rollout import is_open
from diptych.culture.domain.eligibility import operations, queries
from diptych.culture.domain.eligibility.terms import BONUS_NOT_OPEN, Custodian
from diptych.culture.domain.people.terms import Audience


def _shown(request: HttpRequest, refusal: Refusal | None = None, form: BonusForm | None = None) -> HttpResponse:
    standing = queries.bonus_of(person_id=request.user.pk, at=clock.now())
    context = {
        "standing": standing,
        "why": sentence(refusal) if refusal else "",
        "why_not": sentence(standing.why_not) if standing.why_not else "",
        "reasons": [gettext(text) for text in queries.sentences_of(standing.reasons)],
        "form": form or BonusForm(),
    }
    return page(request, "bonus", context)


@door(Audience.YOUTH)
@never_cache
@refused_on(_shown)
def bonus(request: HttpRequest) -> HttpResponse:
    """Ask for the bonus, or read where it stands."""
    if not is_open(request, "youth.bonus"):
        deny(BONUS_NOT_OPEN)
    if request.method != "POST":
        return _shown(request)
    form = BonusForm(request.POST)
    if not form.is_valid():
        return _shown(request, form=form)
    sent = form.cleaned_data
    gender = sent.pop("own_gender")
    operations.ask_bonus(person_id=request.user.pk, custodian=Custodian(**sent), gender=gender, at=clock.now())
    return HttpResponseRedirect(reverse("youth:bonus"))
