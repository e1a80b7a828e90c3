"""Signing up: an address and a password, the link in the e-mail, the profile. The steps after it are `journey`'s."""

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ..forms import ProfileForm, ResendForm, SignUpForm
from ..pages import SIGNING_UP, page, refused_on

from diptych.commons import clock
from diptych.commons.refusal import Refusal
from diptych.commons.web.doors import VISITOR, door
from diptych.commons.web.refusals import sentence
from diptych.culture.domain.people import operations as people
from diptych.culture.domain.people import queries as people_queries
from diptych.culture.domain.people import terms as people_terms
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.wallet import queries as wallets

STEPS = (_("Account"), _("E-mail"), _("About you"), _("Credit"))
_FIELDS = {
    people_terms.EMAIL_MALFORMED: "email",
    people_terms.PASSWORD_TOO_WEAK: "password",
    people_terms.BIRTH_DATE_IN_FUTURE: "birth_date",
    people_terms.UNKNOWN_DEPARTMENT: "department",
}


def _step(request: HttpRequest, template: str, number: int, context: dict[str, object]) -> HttpResponse:
    return page(request, template, {"step": number, "steps": [str(label) for label in STEPS], **context})


def _with_fault(form: Form, refusal: Refusal | None) -> Form:
    "The form, with the refusal beside the field that it is about."
    if refusal is not None:
        form.is_valid()
        form.add_error(_FIELDS.get(refusal.reason), sentence(refusal))
    return form


def _sign_up_form(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    form = SignUpForm(request.POST) if request.method == "POST" else SignUpForm()
    return _step(request, "sign_up", 1, {"form": _with_fault(form, refusal)})


@door(VISITOR)
@refused_on(_sign_up_form)
def sign_up(request: HttpRequest) -> HttpResponse:
    """Open an account. The answer is the same where the address already has one: its owner is written to."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(reverse("youth:home"))
    form = SignUpForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return _sign_up_form(request)
    people.register(
        email=form.cleaned_data["email"],
        password=form.cleaned_data["password"],
        at=clock.now(),
        language=(get_language() or "fr")[:2],
    )
    request.session[SIGNING_UP] = form.cleaned_data["email"]
    return HttpResponseRedirect(reverse("youth:check-mail"))


@door(VISITOR)
def check_mail(request: HttpRequest) -> HttpResponse:
    """An e-mail is on its way; how to have it again."""
    waiting = request.session.get(SIGNING_UP, "")
    return _step(request, "check_mail", 2, {"email": waiting, "form": ResendForm(initial={"email": waiting})})


@door(VISITOR)
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Write again. The answer is the same whether the address waits for a link or not."""
    form = ResendForm(request.POST)
    if form.is_valid():
        people.resend_validation_to(email=form.cleaned_data["email"], at=clock.now())
        messages.success(request, gettext("If this address waits for a link, another one is on its way."))
    return HttpResponseRedirect(reverse("youth:check-mail"))


def _confirm_page(request: HttpRequest, token: str, refusal: Refusal | None = None) -> HttpResponse:
    return _step(request, "confirm", 2, {"why": sentence(refusal) if refusal else "", "form": ResendForm()})


@door(VISITOR)
@refused_on(_confirm_page)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the e-mail: a button confirms, since programs open links too."""
    if request.method != "POST":
        return _confirm_page(request, token)
    person_id = people.validate_email(token=token, at=clock.now())
    request.session.pop(SIGNING_UP, None)
    if people_queries.must_choose_a_password(person_id=person_id):
        messages.warning(
            request, gettext("Your address is confirmed. Several passwords were typed for it: choose yours by an e-mail.")
        )
        return HttpResponseRedirect(reverse("account_reset_password"))
    if request.user.is_authenticated:
        return HttpResponseRedirect(reverse("youth:profile"))
    messages.success(request, gettext("Your address is confirmed. Sign in to go on."))
    return HttpResponseRedirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': reverse('youth:profile')})}")


def _profile_form(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    form = ProfileForm(request.POST) if request.method == "POST" else ProfileForm()
    return _step(request, "profile", 3, {"form": _with_fault(form, refusal)})


@door(Audience.YOUTH)
@refused_on(_profile_form)
def profile(request: HttpRequest) -> HttpResponse:
    """Names, birth date, département: once. They say which steps come next."""
    if request.user.birth_date is not None:  # type: ignore[union-attr]  # a Person
        return HttpResponseRedirect(reverse("youth:journey"))
    form = ProfileForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return _profile_form(request)
    people.set_profile(person_id=request.user.pk, **form.cleaned_data, at=clock.now())
    return HttpResponseRedirect(reverse("youth:journey"))


@door(Audience.YOUTH)
def credit(request: HttpRequest) -> HttpResponse:
    """The credit, once it is open; the way to it until then."""
    view = wallets.wallet_of(person_id=request.user.pk, at=clock.now())
    if view is None or view.is_free:
        return HttpResponseRedirect(reverse("youth:journey"))
    return page(request, "credit", {"grants": [line for line in view.movements if line.is_grant]})
