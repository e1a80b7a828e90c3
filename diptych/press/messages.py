"""The screens' sentences: gathered from Python and templates into each Django app's French .po file, checked, compiled.

Holds extraction with Babel alone (no gettext programs on the machine). Does not hold any translation. A sentence of a
file that is in no app goes to the nearest one: `commons.web`, or the site. What only the terminal says stays in English.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from .survey import PACKAGE

TERMINAL = (
    "press",
    "cli.py",
    "commons/terminal.py",
    "commons/processes.py",
    "culture/commands",
    "health/commands",
    "culture/gateways/open_data",
    "health/site/world",
)
"""What speaks in the terminal, in English."""

_PLAIN = ("_", "gettext", "gettext_lazy", "gettext_noop")
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(_PLAIN),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
    "Category": (2,),
    "Reason": (3, 4),
    "_reason": (3,),
    "Said": (2, 3),
    "Subcategory": (3,),
    "cited": (1,),
}
_OWN = ("Category", "Reason", "Said", "Subcategory", "_reason", "cited")
"""Our own words that hold texts: each text of theirs is a sentence apart, and some may be left out."""
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(gettext|ngettext|pgettext|npgettext|_)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*[^{}]*\}")

Id = str | tuple[str, str]
Found = tuple[Id, str | None, str]


def folders() -> list[Path]:
    """The folders that have a catalogue: our Django apps, and those of LOCALE_PATHS. Deepest first."""
    from django.apps import apps as installed
    from django.conf import settings

    from diptych.health.room import settings as room
    from diptych.health.site import settings as health

    found = [Path(config.path) for config in installed.get_app_configs()]
    found += [
        PACKAGE.parent.joinpath(*name.split("."))
        for name in (*health.INSTALLED_APPS, *room.INSTALLED_APPS)
        if name.startswith("diptych.health.")
    ]
    found += [Path(path).parent for path in (*settings.LOCALE_PATHS, *health.LOCALE_PATHS, *room.LOCALE_PATHS)]
    return sorted((folder for folder in found if PACKAGE in folder.parents), key=lambda folder: -len(folder.parts))


def home_of(path: Path, known: list[Path]) -> Path:
    """The folder whose catalogue holds the sentences of a file."""
    for folder in known:
        if folder in path.parents:
            return folder
    if PACKAGE / "commons" in path.parents:
        return PACKAGE / "commons" / "web"
    return PACKAGE / ("health" if PACKAGE / "health" in path.parents else "culture") / "site"


def sentences() -> dict[Path, list[Found]]:
    """Every sentence of the screens, by catalogue: (text or (one, many), context, file)."""
    found: dict[Path, list[Found]] = defaultdict(list)
    known = folders()
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE).as_posix()
        if any(inside == place or inside.startswith(f"{place}/") for place in TERMINAL) or "/migrations/" in inside:
            continue
        if path.suffix == ".py":
            texts = _of_python(path)
        elif "templates" in path.parts and path.suffix in {".html", ".txt", ".js", ".json", ".svg"}:
            texts = _of_template(path)
        else:
            continue
        found[home_of(path, known)] += [(text, context, inside) for text, context in texts]
    return {folder: texts for folder, texts in found.items() if texts}


def _of_python(path: Path) -> Iterator[tuple[Id, str | None]]:
    source = path.read_bytes()
    if not any(keyword.encode() + b"(" in source for keyword in KEYWORDS):
        return
    for _line, function, said, _comments in extract_python(BytesIO(source), KEYWORDS, (), {"encoding": "utf-8"}):
        spec = KEYWORDS[str(function)]
        parts = list(said) if isinstance(said, (tuple, list)) else [said]
        if function in _OWN:
            yield from ((text, None) for n in spec if n <= len(parts) and isinstance(text := parts[n - 1], str) and text)
            continue
        if spec is None:
            chosen, context = parts[:1], None
        else:
            context = parts[0] if isinstance(spec[0], tuple) else None
            chosen = [parts[n - 1] for n in spec if isinstance(n, int) and n - 1 < len(parts)]
        if chosen and all(isinstance(text, str) and text for text in chosen):
            yield (chosen[0] if len(chosen) == 1 else (chosen[0], chosen[1])), context


def _of_template(path: Path) -> Iterator[tuple[Id, str | None]]:
    from django.utils.translation.template import templatize

    for call in _CALL.finditer(templatize(path.read_text(), origin=str(path))):
        texts = [str(text) for text in ast.literal_eval(f"[{call[2]}]")]
        context = texts.pop(0) if call[1] in {"pgettext", "npgettext"} else None
        yield (texts[0] if call[1] in {"gettext", "pgettext", "_"} else (texts[0], texts[1])), context


def po_file(folder: Path) -> Path:
    """The French catalogue of a folder."""
    return folder / "locale" / "fr" / "LC_MESSAGES" / "django.po"


def _read(path: Path) -> Catalog:
    if path.exists():
        with path.open("rb") as file:
            return read_po(file, locale="fr")
    return Catalog(locale="fr", project="diptych", charset="utf-8", fuzzy=False)


def _key(text: Any) -> str:
    return str(text[0] if isinstance(text, (tuple, list)) else text)


def update() -> list[Path]:
    """Add what the screens say to the catalogues, with the French text that another catalogue already has. A text that
    is no more said is kept, as obsolete. Gives the files that changed."""
    written, memory = [], _memory()
    for folder, texts in sentences().items():
        path = po_file(folder)
        catalog, template = _read(path), Catalog(charset="utf-8")
        for text, context, inside in texts:
            template.add(text, locations=[(inside, 0)], context=context)
        for message in template:
            if message.id and not message.string:
                message.string = ""
        before = path.read_bytes() if path.exists() else b""
        dates = catalog.creation_date, catalog.revision_date
        catalog.update(template, no_fuzzy_matching=True)
        catalog.creation_date, catalog.revision_date = dates
        for message in catalog:
            if message.id and not _translated(message):
                message.string = memory.get((_key(message.id), message.context), message.string)
        out = BytesIO()
        write_po(out, catalog, width=110, sort_output=False, include_lineno=False, omit_header=False)
        if out.getvalue() != before:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(out.getvalue())
            written.append(path)
    return written


def _memory() -> dict[tuple[str, str | None], Any]:
    "What is translated somewhere, by text and context."
    known = {}
    for path in sorted(PACKAGE.rglob("locale/fr/LC_MESSAGES/django.po")):
        for message in _read(path):
            if message.id and not isinstance(message.id, (tuple, list)) and _translated(message):
                known[(_key(message.id), message.context)] = message.string
    return known


def _translated(message: Message) -> bool:
    said = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return all(said) and not message.fuzzy


def faults() -> list[str]:
    """What the French catalogues lack: a text that is not gathered or not translated, a place-holder that was lost."""
    out = []
    for folder, texts in sentences().items():
        path = po_file(folder)
        catalog, shown = _read(path), path.relative_to(PACKAGE.parent)
        for text, context in dict.fromkeys((text, context) for text, context, _ in texts):
            message = catalog.get(_key(text), context)
            if message is None:
                out.append(f"{shown}: not gathered yet (make messages): {_key(text)!r}{_in(context)}")
            elif not _translated(message):
                out.append(f"{shown}: no French text for {_key(text)!r}{_in(context)}")
            elif lost := _lost(message):
                out.append(f"{shown}: the French of {_key(text)!r} has other place-holders: {lost}")
    return out


def _in(context: str | None) -> str:
    return f" (context: {context})" if context else ""


def _lost(message: Message) -> str:
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    said = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    asked = {name for text in ids for name in _PLACEHOLDER.findall(text)}
    return ", ".join(sorted(name for text in said for name in _PLACEHOLDER.findall(text or "") if name not in asked))


def compile_all() -> None:
    """Make every .mo file beside its .po file."""
    for path in PACKAGE.rglob("locale/*/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parents[1].name)
        with path.with_suffix(".mo").open("wb") as out:
            write_mo(out, catalog)
