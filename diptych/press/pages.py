"""The pages of docs/generated: settings, reasons to refuse, commands, dated tables, states, formats of open data.

Holds how each is printed. Does not hold what they say: the code does.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from . import survey

from diptych.commons.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ROOT / "docs" / "generated"


@dataclass(frozen=True, slots=True)
class Page:
    """One generated page: its file and how its text is made."""

    name: str
    print_: Callable[[], str]

    @property
    def path(self) -> Path:
        """Where it is committed."""
        return GENERATED / self.name

    def text(self) -> str:
        """The page as the code says it now."""
        return self.print_().rstrip() + "\n"

    def is_current(self) -> bool:
        """Whether the committed page says what the code says."""
        return self.path.exists() and self.path.read_text() == self.text()


def _cell(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (tuple, list, set, frozenset)):
        cells = [_cell(item) for item in value]
        return ", ".join(sorted(cells) if isinstance(value, (set, frozenset)) else cells)
    return str(value).replace("|", "\\|").replace("\n", " ")


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    return "\n".join([*lines, *(f"| {' | '.join(_cell(value) for value in row)} |" for row in rows)])


def settings_page() -> str:
    """Every setting, from `commons/settings.py`."""
    rows = [
        (f"`{s.name}`", s.meaning, f"`{s.default}`" if s.default else "", ", ".join(s.needed_in), "yes" if s.secret else "")
        for s in SETTINGS
    ]
    return "# Settings\n\nRead from the environment, once.\n\n" + _table(
        ("name", "meaning", "default", "needed in", "secret"), rows
    )


def reasons_page() -> str:
    """Every reason to refuse, by code."""
    from diptych.commons.web.refusals import STATUS

    rows = [(f"`{r.code}`", STATUS[r.kind], r.kind.value, r.sentence, r.rule) for _, r in survey.reasons()]
    return "# Reasons to refuse\n\nThe code is for machines and does not change; the sentence is for people.\n\n" + _table(
        ("code", "status", "kind", "sentence", "source of the rule"), rows
    )


def commands_page() -> str:
    """Every verb of `diptych`, with its options."""
    from diptych.cli import CULTURE, HEALTH, TOP

    parts = ["# Commands", "`diptych`, the one command. `--help` says the same after any of them."]
    for path, rooms in (("diptych", TOP), ("diptych culture", CULTURE), ("diptych health", HEALTH)):
        for room in rooms:
            if room.exists():
                parts += _command(f"{path} {room.name}", room.load())
    return "\n\n".join(parts)


def _command(path: str, command: Any) -> list[str]:
    help_ = " ".join((command.help or "").split())
    if hasattr(command, "commands"):
        return [
            f"## {path}",
            help_,
            *(part for name, verb in command.commands.items() for part in _command(f"{path} {name}", verb)),
        ]
    rows = []
    for param in (param for param in command.params if param.name != "help"):
        is_option = param.param_type_name == "option"
        names = ", ".join(f"`{opt}`" for opt in param.opts) if is_option else f"`{param.metavar or param.name.upper()}`"
        default = "" if param.default in (None, False) or callable(param.default) else f"`{param.default}`"
        rows.append((names, getattr(param, "help", "") or "", default))
    return [f"### {path}", help_, *([_table(("option", "meaning", "default"), rows)] if rows else [])]


def tables_page() -> str:
    """Every dated table that a chapter lists in its `TABLES`."""
    parts = ["# Tables", "What decrees and customs set: dated rows, looked up. A change of law is a new row."]
    for module, name, rows in survey.tables():
        parts.append(f"## {module.removeprefix('diptych.')}: {name.lower().replace('_', ' ')}")
        if rows and is_dataclass(rows[0]):
            columns = [field.name for field in fields(rows[0]) if field.repr]  # what has no words is not printed
            doc = (type(rows[0]).__doc__ or "").strip()
            parts.append(" ".join(doc.split()))
            parts.append(
                _table([column.replace("_", " ") for column in columns], [[getattr(r, c) for c in columns] for r in rows])
            )
        else:
            parts.append(_table(("value",), [(row,) for row in rows]))
    return "\n\n".join(parts)


def states_page() -> str:
    """Every states' diagram, from the chapters' `MOVES`."""
    parts = ["# States", "Which state may follow which, drawn from each chapter's `MOVES`."]
    for module, moves in survey.moves():
        arrows = [f"    {old.name} --> {new.name}" for old, news in moves.items() for new in sorted(news, key=lambda n: n.name)]
        ends = [f"    {old.name} --> [*]" for old, news in moves.items() if not news]
        reached = {new for news in moves.values() for new in news}
        begins = [f"    [*] --> {old.name}" for old in moves if old not in reached]
        body = "\n".join([*begins, *arrows, *ends])
        parts += [f"## {module.removeprefix('diptych.')}", f"```mermaid\nstateDiagram-v2\n{body}\n```"]
    return "\n\n".join(parts)


def formats_page() -> str:
    """Every file of open data that can be imported."""
    from diptych.culture.gateways.open_data.formats import as_markdown

    return as_markdown()


def lint_page() -> str:
    """What is said of cohort definitions that are legal and probably not meant."""
    from diptych.health.warehouse.research.cohort.lint import RULES
    from diptych.health.warehouse.research.cohort.lint.reports import UNKNOWN_KEY

    head = (
        "# What is said of cohort definitions\n\n`diptych health cohort lint` reads Circe's JSON and warns where it is legal and "
        "probably not meant (field guide warehouse.md, §2.2.10). What is wrong is refused instead: see reasons.md.\n\n"
    )
    rows = [
        (f"`{rule.code}`", rule.severity.value, (rule.check.__doc__ or "").strip(), rule.sentence.english, rule.sentence.french)
        for rule in RULES
    ]
    rows.append(("`unknown_key`", "warning", "Keys that are none of Circe’s, besides the 24 rules.", *UNKNOWN_KEY))
    return head + _table(("code", "severity", "what it finds", "English", "French"), rows)


def doors_page() -> str:
    """Who may use each address of the pass, from the doors of the site itself."""
    from diptych.culture.domain.people.terms import Audience

    return _doors("Doors", "the team goes nowhere without its second factor", tuple(Audience))


def health_doors_page() -> str:
    """The same of the data department. Its Django is another: it is asked in a process of its own."""
    words = "import django; django.setup(); from diptych.press.pages import health_doors; print(health_doors())"
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "diptych.health.site.settings"}
    return subprocess.run([sys.executable, "-c", words], env=environ, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def room_doors_page() -> str:
    """The same of the locked room's own door."""
    words = "import django; django.setup(); from diptych.press.pages import room_doors; print(room_doors())"
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "diptych.health.room.settings"}
    return subprocess.run([sys.executable, "-c", words], env=environ, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def room_doors() -> str:
    """What that process prints."""
    from diptych.health.warehouse.identified.staff.terms import Role

    return _doors("Doors of the locked room", "each look is in the journal", tuple(Role))


def health_doors() -> str:
    """What that process prints."""
    from diptych.health.warehouse.research.accounts.terms import Audience

    return _doors("Doors of the data department", "a researcher counts, an investigator also sees patients", tuple(Audience))


def _doors(title: str, besides: str, audiences: Sequence[Enum]) -> str:
    from django.urls import get_resolver

    from diptych.commons.web.doors import VISITOR, every_door

    found = list(every_door(get_resolver().url_patterns))
    permits = any(d.permission for d in found)
    rows = [
        [
            f"`{d.address}`",
            d.method,
            *("●" if d.audiences and {audience.value, VISITOR} & d.audiences else "" for audience in audiences),
            *([f"`{d.permission}`" if d.permission else ""] if permits else []),
        ]
        for d in found
    ]
    head = f"# {title}\n\nWho may use each address. Everything else is refused; {besides}.\n\n"
    return head + _table(
        ["Address", "Method", *(str(audience.value) for audience in audiences), *(["permission"] if permits else [])], rows
    )


def personal_data_page() -> str:
    """The register of processing, from the chapter of personal data."""
    from diptych.culture.domain.personal_data.rules.clocks import ACCOUNT_CLOCKS, CLOSED_BY_OWNER, OUTSIDE, SWEEPS
    from diptych.culture.domain.personal_data.rules.register import PERSONAL, PURPOSES, REGISTER

    parts = [
        "# Personal data",
        (
            "The register of processing (GDPR art. 30): what is held, why, who reads it, until when; each column of the database "
            "with what an extract shows and what an erasure does. A column without a row here fails the tests."
        ),
        "## Purposes",
        _table(
            ("purpose", "why", "legal basis", "who may read", "clock"),
            [(p.code, p.why, p.source, p.readers, p.clock) for p in PURPOSES],
        ),
        "## Clocks of accounts",
        _table(
            (
                "rule",
                "account",
                "unseen, years",
                "deposit ended, years",
                "fraud, years",
                "suspended, years",
                "warned, days",
                "source",
            ),
            [
                (
                    c.code,
                    c.subject,
                    c.unseen_years,
                    c.deposit_ended_years,
                    c.fraud_years,
                    c.suspended_years,
                    c.warned_days,
                    c.source,
                )
                for c in ACCOUNT_CLOCKS
            ],
        ),
        (
            "On request of a youth (`on_request`): at once without a deposit or from 21; else at the 21st birthday, which can "
            "be undone for 60 days; in any case 5 years after a suspension for fraud."
        ),
        (
            f"Of a youth who closed the account (`{CLOSED_BY_OWNER.code}`: {', '.join(sorted(CLOSED_BY_OWNER.reasons))}): as if "
            f"they had asked on day {CLOSED_BY_OWNER.days}, the last on which they open it again; warned "
            f"{CLOSED_BY_OWNER.warned_days} days before, and closed for good on it. Source: {CLOSED_BY_OWNER.source}."
        ),
        "## Traces that go by age",
        _table(("rule", "table", "by", "days", "source"), [(s.code, f"`{s.table}`", s.when, s.days, s.source) for s in SWEEPS]),
        "Deposits: dates cut to 1 January, 10 years after expiry (`deposit_dates`).",
        "## Outside",
        _table(("tool", "what it holds; forgotten first"), [(o.code, o.holds) for o in OUTSIDE]),
    ]
    for table in PERSONAL:
        parts += [
            f"## {table.name}",
            f"Purpose: {table.purpose.code}. Whose: `{table.of}`. At erasure: {table.row}.",
            _table(
                ("column", "category", "in the extract", "at erasure"),
                [(f"`{c.name}`", c.category, c.label or "no", table.fate(c)) for c in table.columns],
            ),
        ]
    parts += ["## Tables without personal data", ", ".join(f"`{t.name}`" for t in REGISTER if not t.is_personal) + "."]
    return "\n\n".join(parts)


def omop_page() -> str:
    """Every OMOP table that a store keeps, from the mart's shapes."""
    from diptych.health.warehouse.mart.shapes import SHAPES

    parts = [
        "# OMOP tables",
        (
            "What a store keeps of an OMOP database (CDM 5.3 and 5.4). A load reads these tables and columns and no other; a column "
            "that 5.4 renamed is read by either name. Required: a row may not do without it."
        ),
    ]
    for shape in SHAPES.values():
        rows = [
            (f"`{c.name}`", c.type, c.required, f"`{c.refers}`" if c.refers else "", c.meaning, _versions(c.formerly, c.since))
            for c in shape.columns
        ]
        parts += [
            f"## {shape.name}",
            f"{shape.meaning} Key: {', '.join(f'`{name}`' for name in shape.key)}."
            + (" Must be there." if shape.must_exist else ""),
            _table(("column", "type", "required", "refers to", "meaning", "versions"), rows),
        ]
    return "\n\n".join(parts)


def policy_page() -> str:
    """What becomes of each column on its way to a mart, and why."""
    from diptych.health.warehouse.identified.pseudonymise.policy import CROSSING, LEAST, OLDEST, POLICY, WEEKS
    from diptych.health.warehouse.identified.pseudonymise.terms import Action

    parts = [
        "# The policy of pseudonymisation",
        (
            "What becomes of each column of OMOP on its way from the locked room to a project's mart. A column without a row here is "
            f"dropped, and the report says so. Rare: borne by fewer than {LEAST} persons. Nobody is older than {OLDEST}. Dates are "
            f"shifted by whole weeks, {WEEKS} at most either way, the same for all dates of a person in a project."
        ),
        _table(("action", "columns"), [(action, sum(row.action is action for row in POLICY)) for action in Action]),
    ]
    for table in CROSSING:
        rows = [
            (f"`{row.column}`", f"{row.action} ({row.how})" if row.how else row.action, row.why)
            for row in POLICY
            if row.table == table
        ]
        parts += [f"## {table}", _table(("column", "action", "why"), rows)]
    return "\n\n".join(parts)


def quality_page() -> str:
    """The kinds of checks, and our own rows with why."""
    from diptych.health.warehouse.identified.quality.checks import category, own
    from diptych.health.warehouse.identified.quality.kinds import TEMPLATES
    from diptych.health.warehouse.identified.quality.terms import Kind
    from diptych.health.warehouse.identified.quality.words import SENTENCES

    kinds = [
        (
            f"`{kind}`",
            category(kind),
            TEMPLATES[kind].over.value if kind in TEMPLATES else "manifests of deliveries",
            SENTENCES[kind],
        )
        for kind in Kind
    ]
    rows = [(f"`{one.id}`", f"{one.threshold:g}", one.severity, one.why) for one in own()]
    return "\n\n".join(
        (
            "# Checks of quality",
            "What each kind asks, and what is read to answer. Kinds are named as the DataQualityDashboard names them, where it has them.",
            _table(("kind", "category", "reads", "says where it fails"), kinds),
            "## Our own rows",
            "Besides those of the DataQualityDashboard, and those that [the shapes](omop-tables.md) imply. The threshold is in percent.",
            _table(("check", "threshold", "severity", "why"), rows),
        )
    )


def _versions(formerly: str | None, since: str) -> str:
    return f"`{formerly}` in 5.3" if formerly else (f"from {since}" if since != "5.3" else "")


PAGES = (
    Page("doors.md", doors_page),
    Page("doors-health.md", health_doors_page),
    Page("doors-room.md", room_doors_page),
    Page("personal-data.md", personal_data_page),
    Page("settings.md", settings_page),
    Page("reasons.md", reasons_page),
    Page("commands.md", commands_page),
    Page("tables.md", tables_page),
    Page("states.md", states_page),
    Page("open-data-formats.md", formats_page),
    Page("omop-tables.md", omop_page),
    Page("pseudonymisation.md", policy_page),
    Page("quality-checks.md", quality_page),
    Page("cohort-lint.md", lint_page),
)
