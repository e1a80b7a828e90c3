"""Me: who I am here, my language, my colours, leaving."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from ..pages import page

from diptych.commons import clock
from diptych.commons.web import look
from diptych.commons.web.doors import door
from diptych.culture.domain.people import operations as people_acts
from diptych.culture.domain.people import queries as people
from diptych.culture.domain.people.terms import LANGUAGES, Audience


@door(Audience.YOUTH)
def me(request: HttpRequest) -> HttpResponse:
    """My account."""
    account = people.account_of(person_id=request.user.pk, at=clock.now())
    home = next((d for d in people.departments() if d.code == account.department), None)
    context = {
        "account": account,
        "department": f"{home.name} ({home.code})" if home else "",
        "languages": [(code, translation.get_language_info(code)["name_local"].capitalize()) for code in LANGUAGES],
        "theme_now": look.theme_of(request),
    }
    return page(request, "me", context)


@door(Audience.YOUTH)
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language to me, here and in e-mails."""
    wanted = request.POST.get("language", "")
    people_acts.change_language(person_id=request.user.pk, language=wanted, at=clock.now())
    response = HttpResponseRedirect(reverse("youth:me"))
    if check_for_language(wanted):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, wanted, max_age=365 * 24 * 3600, samesite="Lax", secure=request.is_secure()
        )
    return response
