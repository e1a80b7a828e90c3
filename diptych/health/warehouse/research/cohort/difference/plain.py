"""Plain: a question without the values that nothing reads, and with those that mean the same written the same."""

from dataclasses import fields, is_dataclass, replace
from functools import singledispatch
from typing import Any

from diptych.health.warehouse.research.cohort import nodes as n


@singledispatch
def plain(node: Any) -> Any:
    """A node without the values that nothing reads, and with those that mean the same written the same."""
    if isinstance(node, tuple):
        return tuple(plain(one) for one in node)
    if is_dataclass(node) and not isinstance(node, type):
        return replace(node, **{one.name: plain(getattr(node, one.name)) for one in fields(node)})
    return node


_each = plain.dispatch(object)


@plain.register
def _(node: n.ConceptSet) -> n.ConceptSet:
    return node  # 100,000 items, of which nothing is to be made plain


@plain.register
def _(node: n.Bound) -> n.Bound:
    return node if node.days is None else n.Bound(node.days * node.coeff, 1)


@plain.register(n.Number)
@plain.register(n.Day)
def _(node: Any) -> Any:
    return node if node.op in {n.Op.BETWEEN, n.Op.NOT_BETWEEN} else replace(node, extent=None)


@plain.register
def _(node: n.Occurrence) -> n.Occurrence:
    return node if node.distinct else replace(node, column="DOMAIN_CONCEPT")


@plain.register
def _(node: n.Group) -> Any:
    return _each(replace(node, count=node.count if node.kind in {n.Kind.AT_LEAST, n.Kind.AT_MOST} else None))


@plain.register
def _(node: n.Cohort) -> Any:
    limit = n.Limit.FIRST if node.additional is None else node.qualified_limit
    return _each(replace(node, qualified_limit=limit))


@plain.register
def _(node: n.Together) -> Any:
    counted = node.join is n.Join.N_AMONG_M
    constraints = node.constraints if node.join is n.Join.AND else tuple(one for one in node.constraints if one.ids is not None)
    kept = replace(node, constraints=constraints)
    return _each(kept if counted else replace(kept, compare=n.Compare.GTE, n=1))
