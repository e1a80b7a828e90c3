"""Refusals: what a reason, a refusal and its exception carry, and every kind's status on the web."""

import dataclasses

import pytest

from diptych.commons.refusal import Kind, Reason, Refused, deny, refuse
from diptych.commons.web.refusals import STATUS, as_json, sentence, status_of

SOLD_OUT = Reason("fair.sold_out", Kind.CONFLICT, "Only {left} left, at {price_cents}.")


def test_deny_raises_what_refuse_gives() -> None:
    with pytest.raises(Refused) as refused:
        deny(SOLD_OUT, left=2, price_cents=850)
    assert refused.value.code == "fair.sold_out"
    assert refused.value.refusal == refuse(SOLD_OUT, left=2, price_cents=850)


def test_the_exception_tells_its_code_and_nothing_of_the_facts() -> None:
    with pytest.raises(Refused) as refused:
        deny(SOLD_OUT, left="Inès")
    assert str(refused.value) == "fair.sold_out"
    assert "Inès" not in repr(refused.value)


def test_a_refusal_does_not_change() -> None:
    refusal = refuse(SOLD_OUT, left=2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        refusal.reason = SOLD_OUT  # type: ignore[misc]
    with pytest.raises(TypeError):
        refusal.facts["left"] = 3  # type: ignore[index]


def test_every_kind_has_a_status_of_its_own() -> None:
    assert set(STATUS) == set(Kind)
    assert len(set(STATUS.values())) == len(Kind)
    assert all(400 <= status < 500 for status in STATUS.values())


def test_machines_get_code_message_and_facts() -> None:
    refusal = refuse(SOLD_OUT, left=2, price_cents=850)
    said = as_json(refusal)
    assert (said["code"], said["rule"]) == ("fair.sold_out", "")
    assert said["facts"] == {"left": 2, "price_cents": 850}
    assert status_of(refusal) == 409
    assert sentence(refusal).startswith("Only 2 left")
    assert "850" not in sentence(refusal)  # an amount, not cents
