"""`diptych culture explain TOPIC`: a decision from facts on standard input, with the rules that made it. No database.

Holds the shapes of the facts, their faults, and the printing. Does not hold the rules: the wallet and bookings do.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import django
import typer
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from diptych.commons.clock import PARIS
from diptych.commons.terminal import field_path, show_json
from diptych.culture.domain.wallet.terms import STEPS, Because, DepositType

WRONG = 2
"""The exit status of facts that make no sense."""
MAX_BYTES = 1_000_000


def _within_our_times(value: datetime) -> datetime:
    "Years that the calendars of the rules can add to."
    if not 2000 <= value.year <= 2100:
        raise ValueError("must lie between the years 2000 and 2100")
    return value


Born = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2100, 1, 1))]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]
Instant = Annotated[AwareDatetime, AfterValidator(_within_our_times)]
Cents = Annotated[int, Field(strict=True, ge=0, le=10**9)]
Statuses = Literal["HELD", "CONFIRMED", "USED", "CANCELLED", "REIMBURSED"]


class Topic(StrEnum):
    """What can be explained."""

    CREDIT = "credit"
    ELIGIBILITY = "eligibility"
    CAPS = "caps"
    CANCELLATION = "cancellation"
    USABLE = "usable"
    EXPIRY = "expiry"
    REIMBURSEMENT = "reimbursement"


class Facts(BaseModel):
    """What every topic's facts share: no unknown field, instants with their offset, one calendar of départements."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _instants_are_written(cls, value: Any, info: Any) -> Any:
        "A number is not an instant: 2026 would be read as a second of 1970."
        if info.field_name.endswith(("_at", "at", "born")) and value is not None and not isinstance(value, str):
            raise ValueError("must be written in ISO 8601")
        return value

    @field_validator("department", check_fields=False)
    @classmethod
    def _known_department(cls, value: str) -> str:
        from diptych.culture.domain.people.queries import departments

        if value not in {one.code for one in departments()}:
            raise ValueError("is no département of the pass: two figures, 2A, 2B, 971 to 978, or 986 to 989")
        return value

    @field_validator("subcategory", check_fields=False)
    @classmethod
    def _known_subcategory(cls, value: str, info: Any) -> str:
        from diptych.culture.domain.bookings.queries.explaining import SUBCATEGORIES

        if value not in SUBCATEGORIES and (value or not info.data.get("collective")):
            raise ValueError("is none of the 73 subcategories")
        return value


class Paid(Facts):
    """A booking that an existing deposit paid."""

    status: Statuses
    amount_cents: Cents


class Existing(Facts):
    """A deposit that somebody holds."""

    deposit: DepositType
    amount_cents: Cents
    bookings: list[Paid] = Field(default_factory=list, max_length=10_000)


class Credit(Facts):
    """Facts of `credit`."""

    born: Born
    department: str
    registered_at: Instant
    granted_at: Instant
    existing: list[Existing] = Field(default_factory=list, max_length=10)
    completed_steps: list[str] | None = None

    @field_validator("completed_steps")
    @classmethod
    def _known_steps(cls, value: list[str] | None) -> list[str] | None:
        short = {step.split("_")[0]: step for step in STEPS}
        given = [short.get(name.upper().split("_")[0], name) for name in value or []]
        if unknown := [name for name in given if name not in STEPS]:
            raise ValueError(f"{unknown[0]!r} is no step: {', '.join(STEPS)}")
        return None if value is None else given

    @field_validator("existing")
    @classmethod
    def _one_of_each(cls, value: list[Existing]) -> list[Existing]:
        if len({one.deposit for one in value}) < len(value):
            raise ValueError("holds two deposits of one type: there is at most one")
        return value


class Eligibility(Facts):
    """Facts of `eligibility`."""

    born: Born
    department: str
    at: Instant
    first_registered_at: Instant | None = None


class Spent(Facts):
    """A booking as caps see it. One that was cancelled counts for nothing."""

    subcategory: str
    amount_cents: Cents
    has_url: Annotated[bool, Field(strict=True)]
    status: Statuses = "CONFIRMED"


class Caps(Facts):
    """Facts of `caps`."""

    deposit: DepositType
    version: Annotated[int, Field(strict=True, ge=1, le=2)] = 1
    department: str
    deposit_created_at: Instant
    amount_cents: Cents
    spent: list[Spent] = Field(default_factory=list, max_length=10_000)
    booking: Spent
    at: Instant
    expires_at: Instant | None = None

    @field_validator("spent", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, dict) else value


class Cancellation(Facts):
    """Facts of `cancellation`: both of `moved_at` and `new_event_at`, or neither."""

    booked_at: Instant
    event_at: Instant | None
    moved_at: Instant | None = None
    new_event_at: Instant | None = Field(default=None, validate_default=True)

    @field_validator("new_event_at")
    @classmethod
    def _both_or_neither(cls, value: datetime | None, info: Any) -> datetime | None:
        if "moved_at" in info.data and (info.data["moved_at"] is None) != (value is None):
            raise ValueError("goes with moved_at: give both, or neither")
        return value


class Usable(Cancellation):
    """Facts of `usable`."""

    at: Instant


class Expiry(Facts):
    """Facts of `expiry`."""

    subcategory: str
    booked_at: Instant
    at: Instant


class Used(Facts):
    """A used booking: cents a place, places, when and at which pricing point it was used."""

    amount_cents: Annotated[int, Field(strict=True, ge=0, le=10**7)]
    quantity: Annotated[int, Field(strict=True, ge=1, le=10_000)] = 1
    collective: Annotated[bool, Field(strict=True)] = False
    subcategory: str = Field(default="", validate_default=True)
    used_at: Instant
    pricing_point: str | int


class Custom(Facts):
    """A custom rule: an amount or a rate, one of them."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    scope: Literal["offer", "venue", "offerer"]
    since: Instant | Day = Field(alias="from")
    until: Instant | Day | None = None
    subcategories: list[str] = Field(default_factory=list, max_length=100)
    amount_cents: Annotated[int, Field(strict=True, ge=0, le=10**7)] | None = None
    rate: Annotated[Decimal, Field(ge=0, le=1, max_digits=5, decimal_places=4)] | None = Field(
        default=None, validate_default=True
    )

    @field_validator("rate")
    @classmethod
    def _one_of_both(cls, value: Decimal | None, info: Any) -> Decimal | None:
        if "amount_cents" in info.data and (info.data["amount_cents"] is None) == (value is None):
            raise ValueError("give amount_cents or rate, one of them")
        return value


class Reimbursement(Facts):
    """Facts of `reimbursement`: bookings in the order of their use."""

    bookings: Annotated[list[Used], Field(min_length=1, max_length=100_000)]
    revenue_before_cents: Cents | dict[str, Cents] = 0
    custom_rules: list[Custom] = Field(default_factory=list, max_length=1_000)


SHAPES: dict[Topic, type[Facts]] = {
    Topic.CREDIT: Credit, Topic.ELIGIBILITY: Eligibility, Topic.CAPS: Caps,
    Topic.CANCELLATION: Cancellation, Topic.USABLE: Usable, Topic.EXPIRY: Expiry, Topic.REIMBURSEMENT: Reimbursement,
}  # fmt: skip


def explain(
    topic: Annotated[Topic, typer.Argument(help="What to explain.", show_choices=True)],
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON, and errors as JSON too.")] = False,
) -> None:
    """Print a decision, its amounts (cents) and `because`: the rules applied, each with its code, date and source.

    Facts are JSON on standard input; times are ISO 8601 with their offset. For instance:
    echo '{"born": "2008-03-10", "department": "75", "at": "2026-03-10T00:00:00+01:00"}' | diptych culture explain eligibility
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diptych.culture.site.settings")
    django.setup()  # the chapters' modules name tables; none is read
    from django.utils import translation

    from diptych.culture.domain.people.queries import zone_name

    facts = _read(SHAPES[topic], as_json=as_json)
    with translation.override("en"):
        decision = _plain(_EXPLAINERS[topic](facts), zone_name(department=getattr(facts, "department", "")))
    if as_json:
        show_json(decision)
    else:
        print(json.dumps(decision, ensure_ascii=False, indent=2))


def _read(shape: type[Facts], *, as_json: bool) -> Any:
    "The facts on standard input, or exit 2 with every fault, each by its field."
    if sys.stdin.isatty():
        print("Type the facts as JSON, then Ctrl-D.", file=sys.stderr)
    raw = sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        if len(raw) > MAX_BYTES:
            _refuse([("", f"longer than {MAX_BYTES} bytes")], as_json=as_json)
        given = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as fault:
        where = f"line {fault.lineno}, column {fault.colno}: " if isinstance(fault, json.JSONDecodeError) else ""
        said = fault.msg if isinstance(fault, json.JSONDecodeError) else str(fault).splitlines()[0][:200]
        _refuse([("", f"not JSON: {where}{said}")], as_json=as_json)
    if not isinstance(given, dict):
        _refuse([("", "must be one JSON object")], as_json=as_json)
    try:
        return shape.model_validate(given)
    except ValidationError as faults:
        _refuse(
            [(field_path(one["loc"]), one["msg"].removeprefix("Value error, ")) for one in faults.errors(include_url=False)],
            as_json=as_json,
        )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"{twice!r} is given twice")
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _refuse(faults: list[tuple[str, str]], *, as_json: bool) -> Any:
    "Never gives back: exit 2. The values are not repeated: they may be somebody's."
    if as_json:
        said = [{"field": field, "message": message} for field, message in faults]
        sys.stderr.write(json.dumps({"code": "facts.invalid", "faults": said}, ensure_ascii=False) + "\n")
    else:
        for field, message in faults:
            sys.stderr.write(f"error facts.invalid: {f'{field}: ' if field else ''}{message}\n")
    raise typer.Exit(WRONG)


def _plain(value: Any, zone: str) -> Any:
    "Plain JSON. A rule that was applied is said in English, its instants by the clock of `zone`."
    from diptych.commons.web.saying import say

    if isinstance(value, Because):
        says = say(value.said.sentence, value.facts, zone=zone)
        return {"code": value.code, "date": value.since.isoformat(), "source": value.source, "says": says}
    if isinstance(value, dict):
        return {name: _plain(one, zone) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one, zone) for one in value]
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _credit(facts: Credit) -> dict[str, Any]:
    from diptych.culture.domain.bookings.queries.explaining import explain_credit
    from diptych.culture.domain.wallet.terms import HeldBooking, HeldDeposit

    held = [
        HeldDeposit(one.deposit, one.amount_cents, tuple(HeldBooking(b.status, b.amount_cents) for b in one.bookings))
        for one in facts.existing
    ]
    return explain_credit(
        born=facts.born, department=facts.department, registered_at=facts.registered_at, granted_at=facts.granted_at,
        existing=held, completed_steps=facts.completed_steps,
    )  # fmt: skip


def _caps(facts: Caps) -> dict[str, Any]:
    from diptych.culture.domain.bookings.queries.explaining import Spending, explain_caps

    def spending(one: Spent) -> Spending:
        return Spending(one.subcategory, one.amount_cents, one.has_url)

    return explain_caps(
        deposit=facts.deposit, version=facts.version, department=facts.department,
        deposit_created_at=facts.deposit_created_at, amount_cents=facts.amount_cents,
        spent=[spending(one) for one in facts.spent if one.status != "CANCELLED"], booking=spending(facts.booking),
        at=facts.at, expires_at=facts.expires_at,
    )  # fmt: skip


def _reimbursement(facts: Reimbursement) -> dict[str, Any]:
    from diptych.culture.domain.reimbursements.queries import explain_reimbursement
    from diptych.culture.domain.reimbursements.terms import CustomRule, Scope, UsedBooking

    bookings = [
        UsedBooking(one.amount_cents, one.quantity, one.subcategory, one.used_at, str(one.pricing_point), one.collective)
        for one in facts.bookings
    ]
    before = facts.revenue_before_cents
    points = {one.pricing_point for one in bookings}
    rules = [
        CustomRule(
            Scope(one.scope), _instant(one.since), None if one.until is None else _instant(one.until), one.amount_cents,
            one.rate, frozenset(one.subcategories),
        )
        for one in facts.custom_rules
    ]  # fmt: skip
    return explain_reimbursement(
        bookings=bookings,
        revenue_before_cents=before if isinstance(before, dict) else dict.fromkeys(points, before),
        custom_rules=rules,
    )


def _instant(value: date) -> datetime:
    "A day begins at midnight in Paris (guide §3.2)."
    return value if isinstance(value, datetime) else datetime.combine(value, time.min, PARIS)


def _simply(name: str) -> Callable[[Any], dict[str, Any]]:
    def explained(facts: Facts) -> dict[str, Any]:
        from diptych.culture.domain.bookings.queries import explaining

        result: dict[str, Any] = getattr(explaining, f"explain_{name}")(
            **{k: getattr(facts, k) for k in type(facts).model_fields}
        )
        return result

    return explained


_EXPLAINERS: dict[Topic, Callable[[Any], dict[str, Any]]] = {
    Topic.CREDIT: _credit,
    Topic.CAPS: _caps,
    Topic.REIMBURSEMENT: _reimbursement,
    **{topic: _simply(topic) for topic in (Topic.ELIGIBILITY, Topic.CANCELLATION, Topic.USABLE, Topic.EXPIRY)},
}
