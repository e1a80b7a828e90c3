"""Writes of the editorial chapter: a shelf composed, published or given its date, taken off."""

from .publishing import compose, publish, publish_due, revise, take_off

__all__ = ["compose", "publish", "publish_due", "revise", "take_off"]
