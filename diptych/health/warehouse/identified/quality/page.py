"""The report for people: one HTML page that holds everything it needs, in French or English, light or dark.

Made of a report's facts and of the history beside it; every text of them is escaped. Does not judge, and runs no script.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from . import pictures
from .report import Facts
from .terms import Override, Severity, Status
from .words import ABSENCES, CATEGORIES, DATA, EXAMPLES, SEVERITIES, Said, Say, saying, told

import diptych

MOST_ROWS = 150
"""Failures shown of one severity, the greatest shares first; the JSON has them all."""
MOST_SITES = 40
"""Care sites shown, those with the most visits first."""
_TOKENS = Path(diptych.__file__).parent / "commons" / "web" / "static" / "web" / "tokens.css"
_STYLE = Path(__file__).parent / "page.css"


def page(facts: Facts, *, history: Sequence[Facts], decision: Override | None, language: str) -> str:
    """The page of a release. `history`: what is kept of the releases up to it. `decision`: who lets it through, where somebody does."""
    return _Page(facts, history, decision, language).whole()


class _Page:
    def __init__(self, facts: Facts, history: Sequence[Facts], decision: Override | None, language: str) -> None:
        self.facts, self.history, self.decision, self.language = facts, history, decision, language
        self.spoken: Say = saying(language)

    # ---- words and numbers

    def say(self, sentence: str, **facts: Any) -> str:
        "A sentence in the reader's language, its facts in it, escaped."
        return escape(self.spoken(sentence).format(**facts))

    def number(self, value: float) -> str:
        return escape(str(format_decimal(value, locale=self.language)))

    def percent(self, value: float) -> str:
        shown = f"{value:.2g}" if 0 < value < 1 else f"{value:.1f}"
        return self.number(float(shown)) + ("\u202f%" if self.language == "fr" else "%")

    def month(self, said: str) -> str:
        return escape(str(format_date(date.fromisoformat(f"{said}-01"), "MMMM yyyy", locale=self.language)))

    def moment(self, said: str) -> str:
        return escape(str(format_datetime(datetime.fromisoformat(said), "d MMMM yyyy, HH:mm", locale=self.language))) + " UTC"

    # ---- the page

    def whole(self) -> str:
        title = self.say(Said.TITLE, release=self.facts["release"])
        body = (
            self.head(title),
            self.verdict(),
            self.counts(),
            self.trend(),
            self.failures(),
            self.availability(),
            self.tables(),
            self.reading(),
        )
        return (
            f'<!doctype html>\n<html lang="{self.language}" data-theme="auto" data-panel="health"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
            f"<title>{title}</title><style>{_TOKENS.read_text()}{_STYLE.read_text()}</style></head>"
            f"<body><main>{''.join(body)}</main></body></html>\n"
        )

    def head(self, title: str) -> str:
        facts = self.facts
        rows = [
            (Said.CHECKED, self.moment(facts["at"])),
            (Said.VERSION, escape(facts["cdm"])),
            (Said.ROWS, self.number(sum(facts["tables"].values()))),
        ]
        if facts["source"]:
            rows.append((Said.SOURCE, f"<code>{escape(facts['source'])}</code>"))
        return f"<header><h1>{title}</h1><dl>{''.join(f'<div><dt>{self.say(name)}</dt><dd>{value}</dd></div>' for name, value in rows)}</dl></header>"

    def verdict(self) -> str:
        stops, decision = self.facts["summary"]["stops"], self.decision
        if not stops:
            return f'<p class="verdict good"><strong>{self.say(Said.MAY)}</strong> {self.say(Said.NONE_FATAL)}</p>'
        many = self.say(Said.FATAL, many=len(stops))
        if decision is None:
            how = self.say(Said.WHAT_TO_DO)
            return f'<p class="verdict bad"><strong>{self.say(Said.MAY_NOT)}</strong> {many} {how}</p>'
        said = self.say(Said.DECIDED, by=decision.by, at="\0", reason=decision.reason)
        said = said.replace("\0", self.moment(decision.at.isoformat()))
        return f'<p class="verdict wait"><strong>{self.say(Said.BY_DECISION)}</strong> {many} {said}</p>'

    def counts(self) -> str:
        counts = self.facts["summary"]["counts"]
        names = {
            Status.HOLDS: Said.HOLD, Status.FAIL: Said.FAIL, Status.ERROR: Said.NOT_ASKED,
            Status.NOT_APPLICABLE: Said.NOT_APPLYING,
        }  # fmt: skip
        tiles = "".join(
            f'<li class="{status if counts[status] else ""}"><strong>{self.number(counts[status])}</strong> {self.say(name)}</li>'
            for status, name in names.items()
        )
        rows = []
        for category, name in CATEGORIES.items():
            found = Counter(one["status"] for one in self.facts["results"] if one["category"] == category)
            label = self.spoken(Said.HOLD_AND_FAIL).format(hold=found[Status.HOLDS], fail=found[Status.FAIL])
            drawn = pictures.parts([("good", found[Status.HOLDS]), ("bad", found[Status.FAIL])], label)
            rows.append(f"<tr><th scope=row>{self.say(name)}</th><td>{drawn}</td><td>{escape(label)}</td></tr>")
        return f'<section><h2>{self.say(Said.IN_SHORT)}</h2><ul class="tiles">{tiles}</ul><table class="plain">{"".join(rows)}</table></section>'

    def trend(self) -> str:
        if len(self.history) < 2:
            return ""
        last = self.history[-40:]
        label = self.spoken(Said.LAST).format(many=len(last))
        before, now = set(last[-2]["shares"]), set(last[-1]["shares"])
        new, gone = sorted(now - before), sorted(before - now)
        changes = [
            (Said.NEW, new), (Said.MENDED, gone),
        ]  # fmt: skip
        said = (
            "".join(
                f"<details><summary>{self.say(name)}: {len(checks)}</summary><ul>{''.join(f'<li><code>{escape(one)}</code></li>' for one in checks)}</ul></details>"
                for name, checks in changes
                if checks
            )
            or f"<p>{self.say(Said.UNCHANGED)}</p>"
        )
        legend = "".join(f'<li class="{one}">{self.say(SEVERITIES[one])}</li>' for one in Severity)
        return (
            f'<section><h2>{self.say(Said.TREND)}</h2><div class="scroll" tabindex="0" role="group" aria-label="{escape(label)}">'
            f'{pictures.releases(last, label)}</div><ul class="legend">{legend}</ul>{said}</section>'
        )

    # ---- failures

    def failures(self) -> str:
        failed = [one for one in self.facts["results"] if one["status"] in {Status.FAIL, Status.ERROR}]
        if not failed:
            return f"<section><h2>{self.say(Said.FAILED)}</h2><p>{self.say(Said.NOTHING)}</p></section>"
        parts = [self.severity(one, [result for result in failed if result["severity"] == one]) for one in Severity]
        return f"<section><h2>{self.say(Said.FAILED)}</h2>{''.join(parts)}</section>"

    def severity(self, severity: Severity, failed: list[Facts]) -> str:
        if not failed:
            return ""
        shown = sorted(failed, key=lambda one: (-one["share"], one["check"]))[:MOST_ROWS]
        more = f"<p>{self.say(Said.MORE, many=len(failed) - len(shown))}</p>" if len(failed) > len(shown) else ""
        opened = " open" if severity is Severity.FATAL else ""
        items = "".join(map(self.failure, shown))
        return f'<details class="group {severity}"{opened}><summary><h3>{self.say(SEVERITIES[severity])}</h3> <span>{self.number(len(failed))}</span></summary><ol>{items}</ol>{more}</details>'

    def failure(self, one: Facts) -> str:
        if one["status"] == Status.ERROR:
            figure = f"<p>{self.say(Said.ERROR, error=one['error'])}</p>"
        else:
            counted = self.say(Said.OF, violated="\0", among="\1")
            counted = counted.replace("\0", self.number(one["violated"])).replace("\1", self.number(one["among"]))
            limit = self.say(Said.AT_MOST, threshold="\0").replace("\0", self.percent(one["threshold"]))
            figure = f'<p class="figure">{pictures.share(one["share"], one["threshold"])}<strong>{self.percent(one["share"])}</strong> <span>{counted}; {limit}</span></p>'
        facts = [(Said.SINCE, escape(one["since"]))] if one.get("since") else []
        if one.get("examples"):
            facts.append(
                (
                    self.spoken(Said.INSTANCE).format(kind=self.spoken(EXAMPLES[one["examples_are"]])),
                    ", ".join(f"<code>{escape(e)}</code>" for e in one["examples"]),
                )
            )
        if one.get("ask"):
            facts.append((Said.ASK, escape("; ".join(one["ask"]))))
        if why := one.get(f"why_{self.language}") or one["why"]:
            facts.append((Said.WHY, escape(why)))
        told_ = "".join(f"<div><dt>{self.say(name)}</dt><dd>{value}</dd></div>" for name, value in facts)
        return f'<li><p class="what">{escape(told(one, self.spoken))}</p>{figure}<dl>{told_}</dl><p class="id"><code>{escape(one["check"])}</code></p></li>'

    # ---- since when

    def availability(self) -> str:
        series = self.facts["availability"]
        title = f"<h2>{self.say(Said.AVAILABILITY)}</h2>"
        if not series:
            return f"<section>{title}<p>{self.say(Said.NO_VISITS)}</p></section>"
        sites = list(dict.fromkeys(one["care_site"] for one in series))
        said = [f"<p>{self.say(Said.SERIES)}</p>"]
        for n, site in enumerate(sites[:MOST_SITES]):
            ofit = [one for one in series if one["care_site"] == site]
            name = self.spoken(Said.WHOLE) if site is None else ofit[0]["name"]
            usable = sum(one["usable_since"] is not None for one in ofit)
            summary = self.say(Said.USABLE, usable=usable, all=len(ofit))
            cards = "".join(map(self.one_series, ofit))
            said.append(
                f'<details class="site"{" open" if n < 2 else ""}><summary><h3>{escape(name)}</h3> <span>{summary}</span></summary><ul class="series">{cards}</ul></details>'
            )
        left = len(sites) - MOST_SITES
        if left > 0:
            said.append(f"<p>{self.say(Said.MORE_SITES, many=left)}</p>")
        if self.facts["sites_left_out"]:
            said.append(f"<p>{self.say(Said.SITES_LEFT_OUT, many=self.facts['sites_left_out'])}</p>")
        return f"<section>{title}{''.join(said)}</section>"

    def one_series(self, one: Facts) -> str:
        fitted = one["step"]
        if one["usable_since"]:
            verdict, how = Said.USABLE_SINCE, "good"
        elif fitted:
            verdict, how = Said.UNUSABLE, "bad"
        else:
            verdict, how = Said.EMPTY, "bad"
        head = escape(self.spoken(verdict).format(month="\0")).replace("\0", self.month(one["usable_since"] or "1970-01"))
        detail = ""
        if fitted:
            detail = self.say(Said.LEVEL, level="\0", error="\1")
            detail = detail.replace("\0", self.percent(100 * fitted["level"])).replace(
                "\1", self.number(round(fitted["error"], 3))
            )
        if one["fallen_since"]:
            detail += "; " + self.say(Said.FALLEN, month="\0").replace("\0", self.month(one["fallen_since"]))
        first, last = (self.month(one["months"][place][0]) for place in (0, -1))
        name = self.say(DATA[one["what"]])
        drawn = pictures.months(one, f"{self.spoken(DATA[one['what']])}: {first} – {last}")
        return (
            f'<li><p><strong>{name}</strong> <span class="{how}">{head}</span></p>{drawn}'
            f'<p class="small"><span>{first}</span><span>{last}</span></p><p class="small">{detail}</p></li>'
        )

    # ---- the rest

    def tables(self) -> str:
        absent = Counter(one["absent"] for one in self.facts["results"] if one.get("absent"))
        rows = "".join(
            f"<tr><th scope=row><code>{escape(name)}</code></th><td>{self.number(many)}</td></tr>"
            for name, many in sorted(self.facts["tables"].items())
        )
        why = "".join(
            f"<li>{self.say(ABSENCES[name])}: {self.number(absent[name.value])}</li>" for name in ABSENCES if absent[name.value]
        )
        return (
            f"<section><h2>{self.say(Said.READ)}</h2><details><summary>{self.say(Said.TABLES)}</summary><table class=plain>{rows}</table></details>"
            f"<details><summary>{self.say(Said.ABSENT)}</summary><ul>{why}</ul></details></section>"
        )

    def reading(self) -> str:
        said = (
            Said.READING_CHECKS,
            Said.READING_SERIES,
            Said.READING_EXAMPLES,
        )  # fmt: skip
        return f"<section><h2>{self.say(Said.READING)}</h2>{''.join(f'<p>{self.say(one)}</p>' for one in said)}</section>"
