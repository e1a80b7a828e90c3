"""How a professional comes in: an account, the e-mail to look at, an invitation.

The answer to a sign-up is the same whether the address has an account or not: its owner is written to.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..forms.structures import ResendForm, SignUpForm
from ..mine import mine_of
from ..refusals import drawn_by, said

from diptych.commons import clock
from diptych.commons.refusal import Refusal
from diptych.commons.web.doors import VISITOR, door
from diptych.culture.domain.people import operations as people
from diptych.culture.domain.people import terms as people_terms
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.venues import queries
from diptych.culture.domain.venues.operations import joining

_WAITING = "venue_signing_up"
_FIELDS = {people_terms.EMAIL_MALFORMED: "email", people_terms.PASSWORD_TOO_WEAK: "password"}


def _sign_up_refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    form = SignUpForm(request.POST)
    form.is_valid()
    form.add_error(_FIELDS.get(refusal.reason), said(refusal, zone="Europe/Paris"))
    return render(request, "venue/sign_up.html", {"form": form})


@door(VISITOR)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@drawn_by(_sign_up_refused)
def sign_up(request: HttpRequest) -> HttpResponse:
    """Open a professional's account."""
    if request.user.is_authenticated:
        return redirect("account_login")
    form = SignUpForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "venue/sign_up.html", {"form": form}, status=422 if request.method == "POST" else 200)
    given = form.cleaned_data
    people.register(
        email=given["email"], password=given["password"], at=clock.now(), audience=Audience.VENUE,
        language=(get_language() or "fr")[:2],
    )  # fmt: skip
    request.session[_WAITING] = given["email"]
    return redirect("venue:check-mail")


@door(VISITOR)
@never_cache
@require_safe
def check_mail(request: HttpRequest) -> HttpResponse:
    """An e-mail is on its way; how to have it again."""
    waiting = request.session.get(_WAITING, "")
    return render(request, "venue/check_mail.html", {"email": waiting, "form": ResendForm(initial={"email": waiting})})


@door(VISITOR)
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Write again. The answer is the same whether the address waits for a link or not."""
    form = ResendForm(request.POST)
    if form.is_valid():
        people.resend_validation_to(email=form.cleaned_data["email"], at=clock.now())
        messages.success(request, pgettext("to a professional", "If this address waits for a link, another one is on its way."))
    return redirect("venue:check-mail")


def _invitation_refused(request: HttpRequest, refusal: Refusal, *, token: str) -> HttpResponse:
    return render(request, "venue/invitation.html", {"why": said(refusal, zone="Europe/Paris")})


@door(VISITOR)
@never_cache
@require_safe
@drawn_by(_invitation_refused)
def invitation(request: HttpRequest, *, token: str) -> HttpResponse:
    """Where the letter leads: who invites, and how to come in. Opening it changes nothing: mail servers open links."""
    invitation_id = joining.invitation_id_of(token=token)
    found = queries.invitation_of(invitation_id=invitation_id, at=clock.now())
    context = {"invitation": found, "token": token, "may_accept": getattr(request.user, "audience", None) is Audience.VENUE}
    return render(request, "venue/invitation.html", context, status=200 if found else 410)


def _accept_refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return render(request, "venue/invitation.html", {"why": said(refusal, zone="Europe/Paris")})


@door(Audience.VENUE)
@require_POST
@drawn_by(_accept_refused)
def accept(request: HttpRequest) -> HttpResponse:
    """Join, by the letter's token, or by the number of an invitation that waits at one's own checked address."""
    mine = mine_of(request)
    token, number = request.POST.get("token", ""), request.POST.get("invitation", "")
    known = int(number) if number.isdecimal() and len(number) < 18 else 0
    asked = joining.invitation_id_of(token=token) if token else known
    address = mine.email if mine.email_checked else ""
    structure = joining.accept_invitation(
        invitation_id=asked, person_id=mine.person_id, email=address, actor=mine.actor, at=mine.at
    )
    messages.success(request, gettext("You are a member now."))
    return redirect("venue:structure", structure_id=structure)
