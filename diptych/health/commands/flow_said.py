"""What each step of the flow did, said on the terminal: for people, or a line of JSON for programs. Does not run any step."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from diptych.commons.terminal import show_json, show_table
from diptych.health.warehouse.identified import flow
from diptych.health.warehouse.identified.landing.home import Manifest
from diptych.health.warehouse.identified.landing.receiving import Received
from diptych.health.warehouse.identified.landing.terms import Account, Source
from diptych.health.warehouse.identified.pseudonymise.marts import Mart
from diptych.health.warehouse.identified.quality.terms import Result, Severity, Status
from diptych.health.warehouse.identified.quality.words import saying, told


def landed(account: Account) -> None:
    """Where the rows that were received are."""
    print(
        f"{account.rows_in} rows in: {account.received} received, {account.quarantined} in quarantine, "
        f"{account.out_of_scope} out of scope."
    )


def line(manifest: Manifest) -> dict[str, Any]:
    """What may be said of a delivery: nothing that its source wrote."""
    said = ("delivery", "table", "covers", "bytes", "rows_in", "received", "quarantined", "out_of_scope", "faults", "flags")
    told = {name: getattr(manifest, name) for name in said} | {"set_aside": manifest.set_aside or None}
    return told | {"columns_gone": list(manifest.gone), "columns_changed": list(manifest.changed)}


def _say_received(what: list[flow.Taken], seconds: float, as_json: bool) -> None:
    for taken in what:
        _say_one(taken.source, taken.what, as_json)
    if not as_json:
        print(f"received in {seconds:.1f} s.")


def _say_one(source: Source, what: Received, as_json: bool) -> None:
    if as_json:
        for manifest in what.taken:
            show_json({"source": source.name} | line(manifest))
        show_json(
            {"source": source.name, "step": "receive", "taken": len(what.taken), "repeated": what.repeated,
             "withdrawn": len(what.withdrawn), "unknown_files": dict(Counter(what.unknown))}
        )  # fmt: skip
        return
    rows = [(one.table, one.rows_in, one.received, one.quarantined, one.out_of_scope, words(one)) for one in what.taken]
    if rows:
        show_table(columns=("table", "rows", "received", "quarantined", "out of scope", "said of it"), rows=rows)
    for shape, many in sorted(Counter(what.unknown).items()):
        print(f"note: {many} file(s) named like {shape} are no table's. Declare them, or ignore them.")
    print(
        f"{source.name}: {len(what.taken)} deliveries taken, {what.repeated} were already there, {len(what.withdrawn)} withdrawn."
    )


def failing(results: Sequence[Result]) -> list[Result]:
    """The checks that fail, the fatal ones first."""
    return sorted((one for one in results if one.status is Status.FAIL), key=lambda one: one.check.severity is not Severity.FATAL)


def told_of(one: Result) -> dict[str, Any]:
    """A failing check of deliveries, for programs."""
    said = {"kind": one.check.kind.value, "table": one.check.table, "severity": one.check.severity.value}
    return said | {"violated": one.violated, "among": one.among, "examples": list(one.examples)}


def sentence(one: Result) -> str:
    """A failing check of deliveries, for people."""
    said = told(told_of(one) | {"field": ""}, saying("en"))
    said += f" {one.violated} of {one.among}." if one.among > 1 else ""
    said += f" ({', '.join(one.examples)})" if one.examples else ""
    return f"{'FATAL' if one.check.severity is Severity.FATAL else 'note'}: {said}"


def _say_checked(what: flow.Landed, seconds: float, as_json: bool) -> None:
    found = failing(what.results)
    if as_json:
        counts = {"sources": len(what.owners) - 1, "checks": len(what.results), "failing": [told_of(one) for one in found]}
        show_json({"step": "check", "seconds": round(seconds, 3)} | counts)
        return
    for one in found:
        print(sentence(one))
    print(f"{len(what.results)} checks of deliveries, {len(found)} fail, in {seconds:.1f} s.")


def _say_standardised(what: flow.Standardised, seconds: float, as_json: bool) -> None:
    facts = what.release.facts
    if as_json:
        said = {"step": "standardise", "release": what.release.name, "new": what.new, "rows": facts["rows"]}
        show_json(said | {"why": facts["why"], "two_days_of_death": facts["two_days_of_death"], "seconds": round(seconds, 3)})
        return
    if what.new:
        tables = [(name, facts["rows"][name]) for name in flow.TABLES if facts["rows"][name]]
        show_table(columns=("OMOP table", "rows"), rows=tables)
    for why in facts["why"]:
        print(f"note: {why['source']}, {why['table']}: {why['rows']} rows {why['fate'].replace('_', ' ')}: {why['why']}.")
    print(f"OMOP tables of {what.release.name}{'' if what.new else ': nothing has changed'}, in {seconds:.1f} s.")


def _say_published(what: Mart | flow.Held | None, seconds: float, as_json: bool) -> None:
    if isinstance(what, flow.Held):
        if as_json:
            show_json({"step": "pseudonymise", "seconds": round(seconds, 3), "mart": None, "held": dict(what.why.refusal.facts)})
        return
    if as_json:
        said = {"mart": str(what.folder), "new": what.new} | what.manifest if what is not None else {"mart": None}
        show_json({"step": "pseudonymise", "seconds": round(seconds, 3)} | said)
        return
    if what is None:
        print("Nothing is published: there is nobody in it.")
        return
    print(f"Mart: {what.folder}{'' if what.new else ' says this already'}, in {seconds:.1f} s.")
    print(f"Bring it into research: diptych health omop load {what.folder} --store STORE")


SAY: Mapping[str, Callable[[Any, float, bool], None]] = MappingProxyType({
    "receive": _say_received, "check": _say_checked, "standardise": _say_standardised, "pseudonymise": _say_published,
})  # fmt: skip
"""How each step's work is told."""


def words(manifest: Manifest) -> str:
    """What is worth saying of it."""
    said = list(manifest.flags)
    said += [f"{fault}: {many}" for fault, many in sorted(manifest.faults.items())]
    said += [f"gone: {', '.join(manifest.gone)}"] if manifest.gone else []
    said += [f"changed: {', '.join(manifest.changed)}"] if manifest.changed else []
    return "; ".join(said) + ("; SET ASIDE" if manifest.set_aside else "")
