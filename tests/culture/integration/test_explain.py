"""`diptych culture explain`: each topic's answer, malformed facts by their field, and the how-to."""

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from diptych.culture.commands.explain import explain
from tests.house.tree import ROOT

APP = typer.Typer()
APP.command()(explain)

CREDIT = {"born": "2008-03-10", "department": "75", "registered_at": "2026-03-10T10:00:00Z", "granted_at": "2026-03-10T10:00:00Z"}
CAPS = {
    "deposit": "GRANT_17_18", "version": 1, "department": "75", "deposit_created_at": "2025-06-01T00:00:00Z", "amount_cents": 150_00,
    "spent": [], "booking": {"subcategory": "VOD", "amount_cents": 10_00, "has_url": True}, "at": "2025-07-01T00:00:00Z",
}  # fmt: skip
BOOKED = {"booked_at": "2026-03-10T09:00:00Z", "event_at": "2026-03-20T20:00:00Z"}
EXPIRY = {"subcategory": "LIVRE_PAPIER", "booked_at": "2026-03-10T09:00:00Z", "at": "2026-03-21T00:00:00Z"}


SOLD = {"amount_cents": 100_00, "subcategory": "CONCERT", "used_at": "2025-03-01T10:00:00Z", "pricing_point": "A"}


def ask(topic: str, facts: Any, *options: str) -> tuple[int, Any, str]:
    """The exit status, the answer, and standard error."""
    text = facts if isinstance(facts, (str, bytes)) else json.dumps(facts)
    result = CliRunner().invoke(APP, [topic, *options], input=text)
    return result.exit_code, json.loads(result.stdout) if result.stdout else None, result.stderr


def spent(*cents: int, subcategory: str = "VOD", url: bool = True, **more: Any) -> list[dict[str, Any]]:
    """Bookings that were paid."""
    return [{"subcategory": subcategory, "amount_cents": one, "has_url": url, **more} for one in cents]


@pytest.mark.parametrize(
    ("topic", "facts", "expected"),
    [
        ("credit", CREDIT, {"deposit": "GRANT_17_18", "amount_cents": 150_00, "recredits": [{"kind": "Recredit18", "amount_cents": 150_00}],
                            "moved_bookings": 0, "expires_at": "2029-03-10T11:00:00+01:00"}),
        ("credit", {**CREDIT, "completed_steps": ["email", "profile", "IDENTITY_CHECK", "honor_statement"]},
         {"deposit": None, "amount_cents": 0, "missing_steps": ["PHONE_VALIDATION"], "expires_at": None}),
        ("credit", {**CREDIT, "registered_at": "2020-07-01T10:00:00Z", "granted_at": "2020-07-01T10:00:00Z", "born": "2002-01-01", "department": "93"},
         {"deposit": "GRANT_18", "version": 1, "amount_cents": 500_00, "recredits": [], "expires_at": "2022-07-01T12:00:00+02:00"}),
        ("eligibility", {"born": "2008-03-10", "department": "75", "at": "2026-03-10T10:00:00Z"},
         {"eligible": True, "scheme": "AGE17_18", "from": "2025-03-10T00:00:00+01:00", "until": "2027-03-10T00:00:00+01:00"}),
        ("caps", CAPS, {"accepted": True, "reason": None, "digital_cap_cents": 100_00, "physical_cap_cents": None, "left_cents": 150_00}),
        ("caps", {**CAPS, "spent": spent(50_00, 45_00)}, {"accepted": False, "reason": "bookings.digital_cap", "digital_left_cents": 5_00}),
        ("caps", {**CAPS, "spent": spent(95_00, status="CANCELLED")}, {"accepted": True}),
        ("caps", {**CAPS, "spent": spent(145_00, subcategory="CONCERT", url=False)}, {"accepted": False, "reason": "bookings.credit_too_low", "left_cents": 5_00}),
        ("caps", {**CAPS, "deposit": "GRANT_15_17"}, {"accepted": False, "reason": "bookings.category_free_only", "digital_cap_cents": None}),
        ("caps", {**CAPS, "deposit": "GRANT_15_17", "booking": spent(1, subcategory="JEU_EN_LIGNE")[0]}, {"reason": "bookings.category_not_for_minors"}),
        ("caps", {**CAPS, "deposit": "GRANT_18", "deposit_created_at": "2020-01-01T00:00:00Z", "at": "2020-02-01T00:00:00Z",
                  "amount_cents": 500_00, "booking": spent(201_00, subcategory="MATERIEL_ART_CREATIF", url=False)[0]},
         {"reason": "bookings.physical_cap", "physical_cap_cents": 200_00}),
        ("cancellation", BOOKED, {"limit_at": "2026-03-12T09:00:00+00:00"}),
        ("cancellation", {**BOOKED, "event_at": None}, {"limit_at": None}),
        ("cancellation", {**BOOKED, "moved_at": "2026-03-15T09:00:00Z", "new_event_at": "2026-03-16T09:00:00Z"}, {"limit_at": "2026-03-16T09:00:00+00:00"}),
        ("usable", {**BOOKED, "at": "2026-03-12T08:59:59Z"}, {"usable": False, "from": "2026-03-12T09:00:00+00:00"}),
        ("usable", {**BOOKED, "at": "2026-03-12T09:00:00Z"}, {"usable": True}),
        ("usable", {**BOOKED, "event_at": None, "at": "2026-03-12T09:00:00Z"}, {"usable": True, "from": "2026-03-10T09:00:00+00:00"}),
        ("expiry", EXPIRY, {"expires": True, "expires_at": "2026-03-21T00:00:00+01:00"}),
        ("expiry", {**EXPIRY, "subcategory": "VISITE"}, {"expires": False, "expirable": False, "expires_at": None}),
    ],
)  # fmt: skip
def test_a_topic(topic: str, facts: dict[str, Any], expected: dict[str, Any]) -> None:
    """The decision, and rules that each have a code, a date and a source."""
    status, answer, _ = ask(topic, facts)
    assert status == 0
    assert {name: answer[name] for name in expected} == expected
    assert answer["because"]
    assert all(rule["code"] and rule["date"] and rule["source"] for rule in answer["because"])


@pytest.mark.parametrize(
    ("topic", "facts", "field"),
    [
        ("credit", "", ""),
        ("credit", "[1]", ""),
        ("credit", "{", ""),
        ("credit", b"\xff{}", ""),
        ("credit", '{"born": "2008-03-10", "born": "2008-03-11"}', ""),
        ("credit", '{"born": NaN}', ""),
        ("credit", "[" * 100_000, ""),
        ("credit", '"' + "x" * 1_100_000 + '"', ""),
        ("credit", {**CREDIT, "born": "2008-02-30"}, "born"),
        ("credit", {**CREDIT, "born": 20080310}, "born"),
        ("credit", {**CREDIT, "born": "9999-12-31"}, "born"),
        ("credit", {**CREDIT, "department": "984"}, "department"),
        ("credit", {**CREDIT, "registered_at": "2026-03-10T10:00:00"}, "registered_at"),
        ("credit", {**CREDIT, "granted_at": "9999-03-10T10:00:00Z"}, "granted_at"),
        ("credit", {**CREDIT, "name": "x"}, "name"),
        ("credit", {**CREDIT, "completed_steps": ["swim"]}, "completed_steps"),
        ("credit", {**CREDIT, "existing": [{"deposit": "GRANT_99", "amount_cents": 1}]}, "existing[0].deposit"),
        ("credit", {**CREDIT, "existing": [{"deposit": "GRANT_18", "amount_cents": 1}] * 2}, "existing"),
        ("credit", {**CREDIT, "existing": [{"deposit": "GRANT_18", "amount_cents": 1.5}]}, "existing[0].amount_cents"),
        ("caps", {**CAPS, "spent": spent(-1)}, "spent[0].amount_cents"),
        ("caps", {**CAPS, "booking": {**CAPS["booking"], "has_url": "yes"}}, "booking.has_url"),  # type: ignore[dict-item]  # a row of facts
        ("caps", {**CAPS, "version": 3}, "version"),
        ("cancellation", {**BOOKED, "moved_at": "2026-03-15T09:00:00Z"}, "new_event_at"),
        ("cancellation", {"booked_at": "2026-03-10T09:00:00Z"}, "event_at"),
        ("expiry", {**EXPIRY, "subcategory": "COMIC"}, "subcategory"),
        ("reimbursement", {"bookings": []}, "bookings"),
        ("reimbursement", {"bookings": [{**SOLD, "quantity": 0}]}, "bookings[0].quantity"),
        ("reimbursement", {"bookings": [{**SOLD, "subcategory": ""}]}, "bookings[0].subcategory"),
        (
            "reimbursement",
            {"bookings": [SOLD], "custom_rules": [{"scope": "offer", "from": "2025-01-01"}]},
            "custom_rules[0].rate",
        ),
    ],
)
def test_malformed_facts(topic: str, facts: Any, field: str) -> None:
    """Exit status 2, the field named, nothing on standard output."""
    status, answer, said = ask(topic, facts, "--json")
    assert (status, answer) == (2, None)
    assert [fault["field"] for fault in json.loads(said)["faults"]] == [field]


def test_reimbursements() -> None:
    """Booking after booking: what is paid, at which rate, and why; a collective one needs no subcategory."""
    school = {"amount_cents": 300_00, "collective": True, "used_at": "2025-03-01T10:00:00Z", "pricing_point": "A"}
    facts = {
        "bookings": [SOLD, {**SOLD, "quantity": 2}, school, {**SOLD, "pricing_point": "B"}],
        "revenue_before_cents": {"A": 20_000_00},
        "custom_rules": [
            {"scope": "venue", "rate": 0.5, "from": "2025-03-01", "until": "2026-01-01T00:00:00Z", "subcategories": ["VOD"]}
        ],
    }
    status, answer, _ = ask("reimbursement", facts)
    assert status == 0
    told = [
        (one["reimbursed_cents"], one["contribution_cents"], one["rate"], one["revenue_cents"], one["rule"])
        for one in answer["bookings"]
    ]
    assert told == [
        (95_00, 5_00, 0.95, 20_100_00, "standard.95"), (190_00, 10_00, 0.95, 20_300_00, "standard.95"),
        (300_00, 0, 1.0, 20_300_00, "collective.100"), (100_00, 0, 1.0, 100_00, "standard.100"),
    ]  # fmt: skip
    assert all(one["because"][0]["source"] for one in answer["bookings"])
    _, answer, _ = ask("reimbursement", {"bookings": [SOLD], "revenue_before_cents": 150_000_00})
    assert answer["bookings"][0]["rule"] == "standard.90"


def test_the_how_to_works() -> None:
    """Every command of the page answers; the last one refuses."""
    page = (ROOT / "docs" / "how-to" / "explain-a-decision.md").read_text()
    asked = [
        line.removeprefix("echo '").split("' | diptych culture explain ") for line in page.splitlines() if line.startswith("echo")
    ]
    statuses = [ask(topic, facts)[0] for facts, topic in asked]
    assert statuses == [0] * 8 + [2]
    assert [ask(topic, facts)[1].get("amount_cents") for facts, topic in asked[:2]] == [300_00, 230_00]
