"""What the reader may do, for a template: what they may not is not shown (the view refuses it all the same)."""

from typing import Any

from django import template

from diptych.culture.domain.people.queries import may as allows
from diptych.culture.domain.people.terms import Permission

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], permission: str) -> bool:
    """Whether the roles of whoever reads hold a permission."""
    user = getattr(context.get("request"), "user", None)
    return allows(roles=getattr(user, "staff_roles", None) or (), permission=Permission(permission))
