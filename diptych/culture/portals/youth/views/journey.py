"""The way to the credit, step by step: what is next, what went wrong, what to do. One page, and a form a step.

Which step is next is recomputed by the eligibility chapter each time; a form sent for another step is refused in place.
"""

from collections.abc import Callable

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from .. import words
from ..journey_forms import FIELDS, CodeForm, HonorForm, IdentityForm, PhoneForm, StepProfileForm
from ..pages import department_of, page, refused_on

from diptych.commons import clock
from diptych.commons.refusal import Refusal, deny
from diptych.commons.web.doors import door
from diptych.commons.web.refusals import sentence
from diptych.commons.web.rollout import is_open
from diptych.culture.domain.eligibility import operations as acts
from diptych.culture.domain.eligibility import queries
from diptych.culture.domain.eligibility.terms import CHECK_NOT_OPEN, IDENTITY_CHECKS, CheckType, Journey, Machine, State, Step
from diptych.culture.domain.people import queries as people
from diptych.culture.domain.people.terms import Audience
from diptych.culture.gateways.identity_documents import documents
from diptych.culture.gateways.pupil_identity import pupils

PUPIL: "str" = "pupil_check"
"""Key of the session under which a check by EduConnect waits for its answer."""
LABELS = {
    Step.EMAIL: _("E-mail"),
    Step.ABOUT: _("About you"),
    Step.PHONE: _("Phone"),
    Step.PROFILE: _("Where you live"),
    Step.IDENTITY: _("Who you are"),
    Step.HONOR: _("On your honour"),
    Step.NOTHING: _("Credit"),
}
_OF: dict[Machine, tuple[Step, ...]] = {
    Machine.ADULT: (Step.EMAIL, Step.ABOUT, Step.PHONE, Step.PROFILE, Step.IDENTITY, Step.HONOR, Step.NOTHING),
    Machine.UNDERAGE: (Step.EMAIL, Step.ABOUT, Step.PROFILE, Step.IDENTITY, Step.HONOR, Step.NOTHING),
    Machine.FREE: (Step.EMAIL, Step.ABOUT, Step.PROFILE, Step.NOTHING),
}
_AT: dict[State, Step] = {
    State.FAILED_PHONE_VALIDATION: Step.PHONE,
    State.FAILED_IDENTITY_CHECK: Step.IDENTITY,
    State.WAITING_FOR_IDENTITY_CHECK: Step.IDENTITY,
    State.WAITING_FOR_MANUAL_REVIEW: Step.HONOR,
}


def _form(request: HttpRequest, journey: Journey, refusal: Refusal | None) -> Form | None:
    "The form of the present step, with what was typed where it was refused."
    at = clock.now()
    typed = request.POST if request.method == "POST" and refusal is not None else None
    makers: dict[Step, Callable[[], Form]] = {
        Step.PHONE: lambda: _phone_form(request, typed),
        Step.PROFILE: lambda: StepProfileForm(typed, initial=queries.profile_of(person_id=request.user.pk)),
        Step.IDENTITY: lambda: IdentityForm(None, ways=queries.ways_of(person_id=request.user.pk, at=at)),
        Step.HONOR: lambda: HonorForm(typed),
    }
    if journey.step not in makers:
        return None
    form = makers[journey.step]()
    field = FIELDS.get(refusal.reason) if refusal else None
    if refusal is not None and form.is_bound and field in form.fields:
        form.is_valid()
        form.add_error(field, sentence(refusal))
    return form


def _phone_form(request: HttpRequest, typed: QueryDict | None) -> Form:
    "The code's where one was sent; the number's where none was, or another is wanted."
    another = "another" in request.GET or (typed is not None and "phone" in typed)
    coded = queries.phone_of(person_id=request.user.pk, at=clock.now())
    return CodeForm(typed) if coded and not another else PhoneForm(typed)


def _show(request: HttpRequest, refusal: Refusal | None = None, form: Form | None = None) -> HttpResponse:
    at = clock.now()
    journey = queries.journey_of(person_id=request.user.pk, at=at)
    steps = _OF[journey.machine]
    here = _AT.get(journey.state, journey.step if journey.step in steps else Step.NOTHING)
    attempt = queries.identity_attempt_of(person_id=request.user.pk, at=at)
    another = "another" in request.GET or "phone" in request.POST
    crowded = queries.why_not_document_check_of(person_id=request.user.pk, shedding=_shedding(request), at=at)
    context = {
        "journey": journey,
        "state": journey.state.value,
        "code": refusal.reason.code if refusal else "",
        "why": sentence(refusal) if refusal else "",
        "reasons": [gettext(text) for text in queries.sentences_of(journey.reasons)],
        "form": form or _form(request, journey, refusal),
        "phone": "" if another else _masked(queries.phone_of(person_id=request.user.pk, at=at)),
        "school": pupils() is not None,
        "crowded": sentence(crowded) if crowded is not None else "",
        "started": attempt is not None and attempt.status.value == "started",
        "step": steps.index(here) + 1,
        "steps": [str(LABELS[step]) for step in steps],
        "rules": _rules(request) if journey.state is State.NOT_ELIGIBLE else [],
    }
    return page(request, "journey", context)


def _rules(request: HttpRequest) -> list[words.RuleLine]:
    "Why the pass is not open to them."
    zone = people.zone_name(department=department_of(request))
    return [words.rule_line(why, zone=zone) for why in queries.why_eligible(person_id=request.user.pk, at=clock.now())]


def _masked(phone: str) -> str:
    "The last four digits: enough to recognise one's own number over a shoulder."
    return f"··· {phone[-4:-2]} {phone[-2:]}" if phone else ""


def _shedding(request: HttpRequest) -> bool:
    "Whether the document check is crowded, for this person."
    return bool(is_open(request, "youth.document_check_shedding"))


def _home() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("youth:journey"))


@door(Audience.YOUTH)
def journey(request: HttpRequest) -> HttpResponse:
    """What is next. An open credit is shown on its own page, a missing birth date asked for on its own."""
    now = queries.journey_of(person_id=request.user.pk, at=clock.now())
    if now.state is State.BENEFICIARY and now.machine is not Machine.FREE:
        return HttpResponseRedirect(reverse("youth:credit"))
    if now.step is Step.ABOUT:
        return HttpResponseRedirect(reverse("youth:profile"))
    return _show(request)


@door(Audience.YOUTH)
@require_POST
@refused_on(_show)
def phone(request: HttpRequest) -> HttpResponse:
    """Have a code sent."""
    acts.send_phone_code(person_id=request.user.pk, phone=request.POST.get("phone", "")[:40], at=clock.now())
    return _home()


@door(Audience.YOUTH)
@require_POST
@refused_on(_show)
def phone_code(request: HttpRequest) -> HttpResponse:
    """Type the code."""
    acts.validate_phone_code(person_id=request.user.pk, code=request.POST.get("code", "")[:12], at=clock.now())
    return _home()


@door(Audience.YOUTH)
@require_POST
@refused_on(_show)
def complete(request: HttpRequest) -> HttpResponse:
    """Where one lives and what one does."""
    form = StepProfileForm(request.POST)
    if not form.is_valid():
        return _show(request, form=form)
    acts.complete_profile(person_id=request.user.pk, **form.cleaned_data, at=clock.now())
    return _home()


@door(Audience.YOUTH)
@require_POST
@refused_on(_show)
def identity(request: HttpRequest) -> HttpResponse:
    """Begin a check, and go where it is done; or leave the one that waits."""
    if "other" in request.POST:
        acts.give_up_identity_check(person_id=request.user.pk, at=clock.now())
        return _home()
    form = IdentityForm(request.POST, ways=IDENTITY_CHECKS)
    if not form.is_valid():
        return _show(request)
    way = CheckType(form.cleaned_data["way"])
    school = pupils()
    if way is CheckType.EDUCONNECT and school is None:
        deny(CHECK_NOT_OPEN)
    attempt = acts.start_identity_check(person_id=request.user.pk, type=way, shedding=_shedding(request), at=clock.now())
    if way is CheckType.DMS:
        return _home()
    if way is CheckType.EDUCONNECT and school is not None:
        leaving = school.begin(back_to=request.build_absolute_uri(reverse("youth:pupil-back")))
        request.session[PUPIL] = {"attempt": attempt, **leaving.kept}
        return HttpResponseRedirect(leaving.url)
    back = request.build_absolute_uri(reverse("youth:identity-back"))
    return HttpResponseRedirect(documents().begin(attempt=attempt, back_to=back))


@door(Audience.YOUTH)
def identity_back(request: HttpRequest) -> HttpResponse:
    """Back from the provider, whose answer comes on its own way, perhaps a moment later."""
    return _home()


@door(Audience.YOUTH)
@refused_on(_show)
def pupil_back(request: HttpRequest) -> HttpResponse:
    """Back from EduConnect, with a code that only this session may exchange."""
    kept, school = request.session.pop(PUPIL, {}), pupils()
    if school is None or not kept:
        return _home()
    at, back = clock.now(), request.build_absolute_uri(reverse("youth:pupil-back"))
    answer = school.finish(sent=request.GET.dict(), kept=kept, back_to=back, at=at)
    acts.finish_identity_check(attempt=kept["attempt"], answer=answer, event=kept["nonce"], at=at)
    return _home()


@door(Audience.YOUTH)
@require_POST
@refused_on(_show)
def honor(request: HttpRequest) -> HttpResponse:
    """Sign."""
    form = HonorForm(request.POST)
    if not form.is_valid():
        return _show(request, form=form)
    acts.sign_honor_statement(person_id=request.user.pk, at=clock.now())
    return _home()
