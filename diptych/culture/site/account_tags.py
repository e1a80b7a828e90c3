"""Tags of sign-in's pages. Holds the list of identity providers; does not hold components, which are in `ui`."""

from typing import Any

from django import template
from django.template.context import Context

from diptych.culture.site.accounts import IdentityAdapter

register = template.Library()


@register.simple_tag(takes_context=True)
def identity_providers(context: Context) -> list[Any]:
    """The identity providers of this site, in the order of its settings."""
    request = context["request"]
    return IdentityAdapter(request).list_providers(request)
