"""`{% is_open "venue.camera" as camera %}`: whether the person who reads a page has a feature."""

from django import template
from django.template import Context

from diptych.commons.rollout.terms import Answer
from diptych.commons.web import rollout

register = template.Library()


@register.simple_tag(takes_context=True)
def is_open(context: Context, name: str) -> Answer:
    """The answer for the page's request, true where it is open; the same wherever the request asks again."""
    return rollout.is_open(context["request"], name)
