"""Texts made values: what could be read in two ways is none."""

from dataclasses import replace
from decimal import Decimal

import pytest

from diptych.health.warehouse.identified.landing.connectors.speaking import Block
from diptych.health.warehouse.identified.landing.declaration import declared
from diptych.health.warehouse.identified.landing.terms import Column, Fault, Type
from diptych.health.warehouse.identified.landing.typed import typed
from tests.house.tree import ROOT

SOURCE = replace(declared(ROOT / "examples" / "sources" / "french_ehr.toml"), decimal=",")


@pytest.mark.parametrize(("type_", "value"), [(Type.DECIMAL, Decimal("4.25")), (Type.NUMBER, 4.25)])
def test_a_point_is_no_mark_where_the_comma_is(type_: Type, value: object) -> None:
    block = Block([2, 3, 4, 5], [("4,25",), ("1.234",), ("1.234,5",), (None,)])
    made = typed(block, [Column("valeur", type_, digits=(10, 3))], SOURCE)
    assert made.rows.column("valeur").to_pylist() == [value, None]
    assert [(bad.line, bad.fault) for bad in made.bad] == [(3, Fault.NOT_OF_TYPE), (4, Fault.NOT_OF_TYPE)]
