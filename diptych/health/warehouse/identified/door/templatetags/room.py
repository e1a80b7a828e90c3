"""Tags of the locked room's pages: who somebody is, why a check is asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import get_language, gettext

from ..words import ROLES

from diptych.health.warehouse.identified.staff.terms import Role

register = template.Library()


@register.filter
def named(actor: str, names: Mapping[str, str]) -> str:
    """Somebody's name, as the journal or a decision calls them; who is not of the staff keeps what is written."""
    return names.get(actor, actor)


@register.filter
def role(audience: Role) -> str:
    """What somebody does in the room."""
    return gettext(ROLES[audience])


@register.filter
def instant(text: str) -> datetime:
    """An instant, of ISO 8601."""
    return datetime.fromisoformat(text)


@register.filter
def asked_for(result: Mapping[str, Any]) -> str:
    """Why a check is asked, in the reader's language where it has it."""
    french = (get_language() or "").startswith("fr")
    return str((result.get("why_fr") if french else "") or result["why"])
