"""The file of an extract: a zip of `donnees.json`, for machines, and `donnees.pdf`, to be read (PDF/UA).

Holds how both are written, in the language that is active: whoever asks for the file sets its owner's. Does not hold what is in them (the register says) nor where the file is kept.
Nothing is fetched while the PDF is made: no network, no picture, no font but the system's.
"""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NoReturn

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, override, pgettext

from .extract_words import facts_of, word_of

from diptych.commons.web import formatting
from diptych.culture.domain.people import queries as people
from diptych.culture.domain.personal_data import queries
from diptych.culture.domain.personal_data.queries import Chapter

JSON_NAME: Final = "donnees.json"
PDF_NAME: Final = "donnees.pdf"
NOTHING: Final = "–"
MANY: Final = 20
"""Rows of a table above which each is a line of text."""

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d$")
_STYLE: Final = """
@page { size: A4; margin: 18mm 16mm 20mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 9pt } }
body { font: 10pt/1.45 "DejaVu Sans", sans-serif; color: #1b1530 }
h1 { font-size: 20pt; margin: 0 0 4mm } h2 { font-size: 13pt; margin: 8mm 0 1mm; page-break-after: avoid }
p { margin: 0 0 2mm } .why { color: #4a4460; font-size: 9pt }
dl { margin: 0 0 3mm; padding: 2mm 0; border-top: .3mm solid #cfc8e6; page-break-inside: avoid }
dt { float: left; clear: left; width: 52mm; color: #4a4460 } dd { margin: 0 0 0 54mm; overflow-wrap: anywhere }
"""


def compose(*, person_id: int, outside: Mapping[str, Mapping[str, Any] | None], at: datetime) -> bytes:
    """The zip of everything about somebody. `outside`: what tools outside hold, None where they know nothing. The PDF
    is in the owner's language. Refuses an unknown account."""
    held = {code: dict(contact) for code, contact in outside.items() if contact is not None}
    owner = people.addressee(person_id=person_id)
    out = io.BytesIO()
    with override(owner.language if owner is not None else "fr"), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        chapters = queries.everything_about(person_id=person_id, outside=held)
        archive.writestr(JSON_NAME, as_json(chapters, at=at))
        archive.writestr(PDF_NAME, as_pdf(chapters, at=at))
    return out.getvalue()


def as_json(chapters: list[Chapter], *, at: datetime) -> str:
    """The data by table: columns by their names in the database, instants in ISO 8601, amounts in cents."""
    tables = {chapter.table: [dict(zip(chapter.names, row, strict=True)) for row in chapter.rows] for chapter in chapters}
    return json.dumps({"made_at": at.isoformat(), "data": tables}, ensure_ascii=False, indent=2)


def as_pdf(chapters: list[Chapter], *, at: datetime) -> bytes:
    """The same, to be read: one part a table, why it is held, its rows; empty ones named at the end."""
    from weasyprint import HTML  # the system's pango is looked for when it is imported: only who makes a PDF needs it

    made = HTML(string=as_html(chapters, at=at), url_fetcher=_no_fetch).write_pdf(pdf_variant="pdf/ua-1")
    return bytes(made or b"")


def as_html(chapters: list[Chapter], *, at: datetime) -> str:
    """The page that the PDF prints."""
    full = [chapter for chapter in chapters if chapter.rows]
    empty = ", ".join(chapter.title.lower() for chapter in chapters if not chapter.rows) or gettext("no other part")
    language, title = get_language() or "fr", gettext("My personal data")
    parts = format_html_join("", "{}", ((_part(chapter),) for chapter in full))
    return str(
        format_html(
            '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title>'
            '<meta name="description" content="{}"><style>{}</style></head>'
            '<body><h1>{}</h1><p>{}</p>{}<h2>{}</h2><p class="why">{}</p></body></html>',
            language, title, gettext("Copy of the personal data that Diptych holds"), SafeString(_STYLE), title,
            gettext(
                "Copy made on {day}. Everything that Diptych holds about you, with the reason; passwords and keys stay secret, "
                "and so do the data of others."
            ).format(day=formatting.exact(at, language=language)),
            parts, gettext("Nothing else"), gettext("There is nothing of yours in: {names}.").format(names=empty),
        )
    )  # fmt: skip


def _part(chapter: Chapter) -> SafeString:
    if len(chapter.rows) > MANY:
        rows = format_html_join("", "<p>{}</p>", ((_line(chapter, row),) for row in chapter.rows))
    else:
        rows = format_html_join("", "<dl>{}</dl>", ((_row(chapter, row),) for row in chapter.rows))
    why = format_html('<p class="why">{} {}</p>', chapter.why, f"({chapter.source})" if chapter.source else "")
    return format_html("<h2>{}</h2>{}{}", chapter.title, why if chapter.why else "", rows)


def _row(chapter: Chapter, row: tuple[Any, ...]) -> SafeString:
    lines = _told(chapter, row)
    return format_html_join("", "<dt>{}</dt><dd>{}</dd>", [line for line in lines if line[1] != NOTHING])


def _line(chapter: Chapter, row: tuple[Any, ...]) -> SafeString:
    "The same in one paragraph, which is laid out ten times as fast: hundreds of rows stay within the minute."
    lines = _told(chapter, row)
    return format_html_join(" · ", "{}\u00a0: <b>{}</b>", [line for line in lines if line[1] != NOTHING])


def _told(chapter: Chapter, row: tuple[Any, ...]) -> list[tuple[str, str]]:
    """Label and value of each column as a reader says them: amounts in euros, codes by their words."""
    language = get_language() or "fr"
    told = []
    for label, name, value in zip(chapter.labels, chapter.names, row, strict=True):
        if name.endswith("_cents") and isinstance(value, int):
            told.append((label, formatting.money(value, language=language)))
        elif name == "facts" and isinstance(value, dict):
            told.append((label, said(facts_of(value, language=language))))
        else:
            told.append((label, said(word_of(value, table=chapter.table, column=name))))
    return told


def said(value: Any) -> str:
    """A value as a reader says it: instants by the clock of Paris."""
    language = get_language() or "fr"
    if value is None or value == "" or value == [] or value == {}:
        return NOTHING
    if isinstance(value, bool):
        return pgettext("a fact", "yes") if value else pgettext("a fact", "no")
    if isinstance(value, (list, tuple)):
        return ", ".join(said(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} : {said(item)}" for name, item in value.items())
    text = str(value)
    if _INSTANT.match(text):
        return formatting.exact(datetime.fromisoformat(text), language=language)
    return formatting.exact_day(date.fromisoformat(text), language=language) if _DAY.match(text) else text


def _no_fetch(url: str, *_: Any, **__: Any) -> NoReturn:
    raise ValueError("an extract fetches nothing")
