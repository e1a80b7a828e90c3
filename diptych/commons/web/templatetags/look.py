"""Tags that `web/base.html` alone needs: the theme, its style sheets, the switches, the tone of a message.

Does not hold components for pages: those are in `ui`.
"""

from typing import Any

from django import template
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from diptych.commons.web import look

register = template.Library()

_TONES = {constants.SUCCESS: "good", constants.WARNING: "wait", constants.ERROR: "bad"}


def _request(context: Context) -> Any:
    "The page's request; None on pages drawn without one (server errors, off line)."
    return context.get("request")


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The reader's choice: light, dark, or auto (the system's)."""
    request = _request(context)
    return look.theme_of(request) if request else "auto"


@register.simple_tag
def stylesheets() -> SafeString:
    """The links to the style sheets of the site's theme, in order."""
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(name),) for name in look.stylesheets()))


@register.simple_tag(takes_context=True)
def theme_switch(context: Context) -> SafeString:
    """The button that changes between light and dark. Works without script: it posts, and the choice is kept in a cookie."""
    request = _request(context)
    now = look.theme_of(request) if request else "auto"
    path = request.get_full_path() if request else "/"
    return render_to_string("web/ui/theme_switch.html", {"now": now, "path": path, "csrf_token": context.get("csrf_token", "")})


@register.simple_tag(takes_context=True)
def language_switch(context: Context) -> SafeString:
    """The links to the page's other languages, as a form that posts to Django's own view."""
    request = _request(context)
    path = request.get_full_path() if request else "/"
    return render_to_string("web/ui/language_switch.html", {"path": path, "csrf_token": context.get("csrf_token", "")})


@register.filter
def tone(message: Message) -> str:
    """The tone of a django.contrib.messages message."""
    return _TONES.get(message.level, "info")


@register.filter
def undo(message: Message) -> str:
    """The address that takes back what a message says: messages.success(request, text, extra_tags="undo:/address")."""
    return next((tag.removeprefix("undo:") for tag in (message.extra_tags or "").split() if tag.startswith("undo:")), "")
