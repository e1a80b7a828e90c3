"""The official contract beside ours: what ours lacks, operation by operation, name by name.

Reads shapes through their references, and takes `nullable`, `anyOf` with null and `allOf` of one for what they mean.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Doc = dict[str, Any]


def official(real_data: Path) -> Doc:
    """The file, as its publisher issued it."""
    return json.loads((real_data / "api" / "pass_culture_public_openapi.json").read_text())


def operations(doc: Doc) -> dict[str, Doc]:
    """`METHOD /path` → operation."""
    return {f"{method.upper()} {path}": operation for path, item in doc["paths"].items() for method, operation in item.items()}


def lacking(ours: Doc, theirs: Doc) -> list[str]:
    """What ours does not have of theirs."""
    mine, faults = operations(ours), []
    for name, wanted in operations(theirs).items():
        if name not in mine:
            faults.append(f"{name}: no such operation")
            continue
        faults += [f"{name}: {fault}" for fault in _operation(mine[name], wanted, ours, theirs)]
    return faults


def _operation(mine: Doc, wanted: Doc, ours: Doc, theirs: Doc) -> Iterator[str]:
    if mine.get("operationId") != wanted["operationId"]:
        yield f"operationId {mine.get('operationId')}, not {wanted['operationId']}"
    if mine.get("tags") != wanted["tags"]:
        yield f"tags {mine.get('tags')}, not {wanted['tags']}"
    parameters = {(p["in"], p["name"]): p for p in mine.get("parameters", [])}
    for p in wanted.get("parameters", []):
        has = parameters.get((p["in"], p["name"]))
        if has is None:
            yield f"no parameter {p['name']}"
        elif bool(has.get("required")) != bool(p.get("required")):
            yield f"parameter {p['name']}: required {has.get('required')}, not {p.get('required')}"
        else:
            yield from _shape(has["schema"], p["schema"], ours, theirs, f"parameter {p['name']}")
    for kind, content in wanted.get("requestBody", {}).get("content", {}).items():
        has = mine.get("requestBody", {}).get("content", {}).get(kind)
        if has is None:
            yield f"takes no {kind}"
        else:
            yield from _shape(has["schema"], content["schema"], ours, theirs, "body")
    for status, answer in wanted["responses"].items():
        answers = {str(code): said for code, said in mine["responses"].items()}
        if status not in answers:
            yield f"no status {status}"
            continue
        for kind, content in answer.get("content", {}).items():
            has = answers[status].get("content", {}).get(kind)
            if has is None:
                yield f"{status} gives no {kind}"
            else:
                yield from _shape(has["schema"], content["schema"], ours, theirs, f"{status}")
    if mine.get("security") and not wanted.get("security"):
        yield "asks for a key"


def _plain(schema: Doc, doc: Doc) -> Doc:
    "A schema without its references and its ways to say null."
    while True:
        if "$ref" in schema:
            named = doc["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            schema = {**named, **{name: schema[name] for name in ("default",) if name in schema}}
            continue
        options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
        alone = options if len(options) == 1 else schema.get("allOf", ())
        if len(alone) != 1:
            return schema
        schema = {**{name: schema[name] for name in ("default",) if name in schema}, **alone[0]}


def _shape(mine: Doc, wanted: Doc, ours: Doc, theirs: Doc, where: str, deep: tuple[str, ...] = ()) -> Iterator[str]:
    name = wanted.get("$ref", "")
    if name and name in deep:
        return
    deep = (*deep, name) if name else deep
    mine, wanted = _plain(mine, ours), _plain(wanted, theirs)
    if "type" in wanted and mine.get("type") != wanted["type"] and "const" not in mine:
        yield f"{where}: {mine.get('type')}, not {wanted['type']}"
        return
    for bound in ("minimum", "maximum", "exclusiveMinimum", "minLength", "maxLength", "format", "default"):
        if wanted.get(bound) is not None and mine.get(bound) != wanted[bound]:
            yield f"{where}: {bound} {mine.get(bound)}, not {wanted[bound]}"
    values = mine.get("enum", [mine["const"]] if "const" in mine else [])
    if "enum" in wanted and set(values) != set(wanted["enum"]):
        yield f"{where}: values {sorted(set(wanted['enum']) ^ set(values))[:5]}"
    if wanted.get("additionalProperties") is False and "body" in where and mine.get("additionalProperties") is not False:
        yield f"{where}: takes names that are not known"
    required = set(mine.get("required", ()))
    for prop, shape in wanted.get("properties", {}).items():
        if prop not in mine.get("properties", {}):
            yield f"{where}.{prop} is missing"
            continue
        if "body" in where and (prop in required) != (prop in wanted.get("required", ())):
            yield f"{where}.{prop}: required {prop in required}"
        if "body" not in where and prop in wanted.get("required", ()) and prop not in required:
            yield f"{where}.{prop}: may be left out"
        yield from _shape(mine["properties"][prop], shape, ours, theirs, f"{where}.{prop}", deep)
    if "items" in wanted:
        yield from _shape(mine.get("items", {}), wanted["items"], ours, theirs, f"{where}[]", deep)
    for kind in ("oneOf", "anyOf"):
        if len(wanted.get(kind, ())) > 1:
            options = [o for o in mine.get(kind, ()) if o.get("type") != "null"]
            goals = [o for o in wanted[kind] if o.get("type") != "null"]
            for option in goals:
                if all(list(_shape(o, option, ours, theirs, where, deep)) for o in options):
                    yield f"{where}: no shape of {option.get('$ref', option)}"
