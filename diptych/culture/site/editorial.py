"""The editor's screens (Wagtail's) as part of this site: the few that editors need, each behind our door and our permission.

Holds which of Wagtail's addresses exist here. All others are not made; those that its pages only mention answer that there is
nothing there. Does not hold the screens (Wagtail's, and `portals.backoffice`), nor sign-in: that is ours, so Wagtail's own is left out.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path
from django.urls.resolvers import RegexPattern, RoutePattern
from django.views.decorators.cache import never_cache
from wagtail.admin import urls as wagtail_urls
from wagtail.users.models import UserProfile

from diptych.commons.refusal import Kind, Reason, deny
from diptych.commons.web.doors import door
from diptych.culture.domain.people.terms import Audience, Permission
from diptych.culture.portals.backoffice.permits import permit

NOT_HERE = Reason("editorial.not_here", Kind.MISSING, "There is no such page among the editor’s.")
SHELVES: Final = "wagtailsnippets_editorial_shelf"
OPEN: Final = frozenset(
    {
        *(
            f"{SHELVES}:{name}"
            for name in (
                "list", "list_results", "add", "edit", "delete", "history", "history_results", "revisions_revert",
                "revisions_compare", "revisions_unschedule", "unpublish",
            )
        ),
        "wagtailadmin_sprite",
        "wagtailadmin_javascript_catalog",
        "wagtailadmin_dismissibles",
        "wagtailadmin_editing_sessions:ping",
        "wagtailadmin_editing_sessions:release",
    }
)  # fmt: skip
"""What editors use."""
MENTIONED: Final = frozenset(
    {
        f"{SHELVES}:usage",
        "wagtailsnippets:index",
        "wagtailadmin_block_preview",
        "wagtailadmin_account",
        "wagtailadmin_explore_root",
        "wagtailadmin_explore",
        "wagtailadmin_pages:search",
        "wagtailadmin_choose_page",
        "wagtailadmin_choose_page_external_link",
        "wagtailadmin_choose_page_email_link",
        "wagtailadmin_choose_page_phone_link",
        "wagtailadmin_choose_page_anchor_link",
    }
)
"""What its pages name and nobody may open."""

_OPEN_FORM: Final = r"(?P<app_label>editorial)/(?P<model_name>shelf)/(?P<object_id>[0-9]+)/(?P<session_id>[0-9]+)/$"
NARROWED: Final = {"wagtailadmin_editing_sessions:ping": f"^ping/{_OPEN_FORM}"}
"""Addresses that would take any text, made to take numbers alone: nobody's name goes into an address."""

PARIS: Final = "Europe/Paris"
View = Callable[..., HttpResponseBase]


def addresses() -> list[URLPattern | URLResolver]:
    """The addresses under /equipe/editorial/."""
    nothing = _guarded(_not_here)
    api = [
        path(f"api/{name}/", include(([path("", nothing, name="listing")], name), namespace=name))
        for name in ("pages", "images", "documents")
    ]
    return [
        path("", _guarded(_home), name="wagtailadmin_home"),
        path("sortie/", _guarded(_sign_out), name="wagtailadmin_logout"),
        path("connexion/", _guarded(_home), name="wagtailadmin_login"),
        path("", include((api, "wagtailadmin_api"), namespace="wagtailadmin_api")),
        *_kept(wagtail_urls.urlpatterns),
    ]


def _kept(patterns: Iterable[Any], names: tuple[str, ...] = ()) -> Iterator[URLPattern | URLResolver]:
    "Wagtail's patterns, those alone that are open or mentioned, each guarded."
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = (*names, pattern.namespace) if pattern.namespace else names
            within = list(_kept(pattern.url_patterns, inner))
            if within:
                yield URLResolver(_same(pattern.pattern), within, {}, pattern.app_name, pattern.namespace)
            continue
        name = ":".join((*names, pattern.name or ""))
        if name in OPEN:
            narrowed = RegexPattern(NARROWED[name], name=pattern.name, is_endpoint=True) if name in NARROWED else pattern.pattern
            yield URLPattern(narrowed, _guarded(pattern.callback), pattern.default_args, pattern.name)
        elif name in MENTIONED:
            yield URLPattern(pattern.pattern, _guarded(_not_here), pattern.default_args, pattern.name)


def _same(pattern: Any) -> RoutePattern | RegexPattern:
    found: RoutePattern | RegexPattern = pattern
    return found


def _guarded(view: View) -> Any:
    "Behind the team's door and the editors' permission; its dates are those of Paris."

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Wagtail reads its clock in its own table of preferences, and takes the server's (UTC) where there is no row.
        UserProfile.objects.get_or_create(user=request.user, defaults={"current_time_zone": PARIS})
        return view(request, *args, **kwargs)

    return door(Audience.STAFF)(permit(Permission.MANAGE_HIGHLIGHT)(never_cache(guarded)))  # type: ignore[arg-type]  # Wagtail streams nothing


def _home(request: HttpRequest) -> HttpResponse:
    "The shelves are all that editors edit."
    return redirect(f"{SHELVES}:list")


def _sign_out(request: HttpRequest) -> HttpResponse:
    "Signing out is ours; it asks first."
    return redirect("account_logout")


def _not_here(request: HttpRequest, **_: Any) -> HttpResponse:
    deny(NOT_HERE)
