"""Rules of venues: each move, each reason to refuse, each edge of an hour and a day."""

from datetime import date, time, timedelta

import pytest

from diptych.culture.domain.venues import rules
from diptych.culture.domain.venues.terms import (
    AddressFacts,
    Interval,
    InvitationFacts,
    OtherHours,
    Rejection,
    Step,
    StepFacts,
    Validation,
)  # fmt: skip
from tests.culture.factories import AT

V = Validation


def code(refusal):
    return refusal.reason.code if refusal else None


def test_the_table_of_moves_knows_every_state_and_closes_what_is_deleted():
    assert set(rules.MOVES) == set(Validation)
    assert rules.MOVES[V.DELETED] == frozenset()
    assert all(before not in after and V.DELETED not in after for before, after in rules.MOVES.items())


@pytest.mark.parametrize(
    ("before", "after", "reason", "expected"),
    [
        (V.NEW, V.VALIDATED, "", None),
        (V.NEW, V.REJECTED, "ELIGIBILITY", None),
        (V.PENDING, V.CLOSED, "CLOSED_BUSINESS", None),
        (V.NEW, V.REJECTED, "", "venues.rejection_missing"),
        (V.NEW, V.REJECTED, "BECAUSE", "venues.rejection_missing"),
        (V.NEW, V.VALIDATED, "OTHER", "venues.rejection_unasked"),
        (V.VALIDATED, V.REJECTED, "ERROR", "venues.no_such_move"),
        (V.CLOSED, V.VALIDATED, "", "venues.no_such_move"),
        (V.DELETED, V.NEW, "", "venues.no_such_move"),
    ],
)
def test_a_decision(before, after, reason, expected):
    assert code(rules.why_not_decide(before=before, after=after, reason=reason)) == expected
    assert len(Rejection) == 7


@pytest.mark.parametrize(
    ("siret", "why", "valid", "expected"),
    [
        ("80000000000018", "", True, None),
        ("", "un festival itinérant", False, None),
        ("", "", False, "venues.no_siret_unsaid"),
        ("80000000000018", "les deux", True, "venues.siret_or_why"),
        ("123", "", False, "venues.siret_malformed"),
    ],
)
def test_how_a_venue_is_known(siret, why, valid, expected):
    assert code(rules.why_not_identify(siret=siret, no_siret_why=why, siret_is_valid=valid)) == expected


@pytest.mark.parametrize(
    ("member", "waiting", "already", "expected"),
    [
        (False, 0, False, None),
        (False, rules.MOST_INVITATIONS - 1, False, None),
        (True, 0, False, "venues.already_a_member"),
        (False, 1, True, "venues.already_invited"),
        (False, rules.MOST_INVITATIONS, False, "venues.too_many_invitations"),
    ],
)
def test_who_may_be_invited(member, waiting, already, expected):
    assert code(rules.why_not_invite(is_member=member, waiting=waiting, already=already)) == expected


@pytest.mark.parametrize(
    ("change", "email", "expected"),
    [
        ({}, "a@exemple.example", None),
        ({}, "A@exemple.example", None),
        ({}, "b@exemple.example", "venues.invitation_other"),
        ({"expires_at": AT}, "a@exemple.example", "venues.invitation_over"),
        ({"accepted_at": AT}, "a@exemple.example", "venues.invitation_over"),
        ({"withdrawn_at": AT}, "a@exemple.example", "venues.invitation_over"),
    ],
)
def test_who_an_invitation_lets_in(change, email, expected):
    facts = {"email": "a@exemple.example", "expires_at": AT + timedelta(seconds=1), "accepted_at": None, "withdrawn_at": None}
    assert code(rules.why_not_accept(InvitationFacts(**facts | change), email=email, at=AT)) == expected


def test_what_is_next():
    assert [done for _, done in rules.what_is_next(StepFacts())] == [False] * 6
    done = dict(rules.what_is_next(StepFacts("NEW", venues=1, pages=0, offers=2)))
    assert [step for step, it in done.items() if it] == [Step.STRUCTURE, Step.VENUE, Step.OFFER]
    assert all(it for _, it in rules.what_is_next(StepFacts("VALIDATED", venues=1, pages=1, offers=1, is_paid=True)))


def at(text):
    return tuple(Interval(*(time.fromisoformat(end) for end in part.split("-"))) for part in text.split())


DAY = date(2026, 12, 24)


@pytest.mark.parametrize(
    ("monday", "others", "expected"),
    [
        ("", (), None),
        ("10:00-12:30 12:30-19:00", (), None),
        ("14:00-19:00 10:00-12:30", (OtherHours(DAY, DAY, at("10:00-16:00")), OtherHours(DAY + timedelta(1), DAY + timedelta(3))), None),
        ("12:00-12:00", (), "venues.hours_backwards"),
        ("10:00-13:00 12:59-14:00", (), "venues.hours_overlap"),
        ("08:00-09:00 10:00-11:00 12:00-13:00 14:00-15:00 16:00-17:00", (), "venues.hours_too_many"),
        ("", (OtherHours(DAY, DAY - timedelta(1)),), "venues.days_backwards"),
        ("", (OtherHours(DAY, DAY, at("18:00-10:00")),), "venues.hours_backwards"),
        ("", (OtherHours(DAY, DAY + timedelta(2)), OtherHours(DAY + timedelta(2), DAY + timedelta(4))), "venues.days_overlap"),
        ("", tuple(OtherHours(DAY + timedelta(n), DAY + timedelta(n)) for n in range(61)), "venues.days_too_many"),
    ],
)  # fmt: skip
def test_hours_that_can_hold(monday, others, expected):
    assert code(rules.why_not_hours(week=(at(monday), *[()] * 6), exceptions=others)) == expected


def test_hours_of_a_day_its_exception_first():
    week = (at("14:00-19:00 10:00-12:30"), *[()] * 6)
    others = (OtherHours(DAY, DAY + timedelta(1), at("10:00-16:00"), "Noël"),)
    monday = date(2026, 12, 21)
    assert rules.hours_on(day=monday, week=week, exceptions=others).hours == at("10:00-12:30 14:00-19:00")
    assert rules.hours_on(day=monday + timedelta(1), week=week, exceptions=others).hours == ()
    exception = rules.hours_on(day=DAY, week=week, exceptions=others)
    assert (exception.hours, exception.words) == (at("10:00-16:00"), "Noël")
    assert rules.hours_on(day=DAY + timedelta(2), week=week, exceptions=others).words == ""


@pytest.mark.parametrize(
    ("clock", "until"),
    [("09:59", None), ("10:00", "12:30"), ("12:29", "12:30"), ("12:30", None), ("14:00", "19:00"), ("19:00", None)],
)
def test_a_venue_is_open_until_it_closes(clock, until):
    today = rules.hours_on(day=date(2026, 12, 21), week=(at("10:00-12:30 14:00-19:00"), *[()] * 6), exceptions=())
    found = rules.open_until(today, clock_time=time.fromisoformat(clock))
    assert found == (time.fromisoformat(until) if until else None)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("billets.exemple.fr", True),
        ("billets.exemple.fr.", True),
        ("8.8.8.8", True),
        ("[2001:4860:4860::8888]", True),
        ("localhost", False),
        ("LOCALHOST.", False),
        ("api.internal", False),
        ("intranet", False),
        ("127.0.0.1", False),
        ("127.1", False),
        ("a.0x7f", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("[::1]", False),
        ("::ffff:10.0.0.1", False),
    ],
)
def test_a_host_that_may_be_reached_from_outside(host, expected):
    assert rules.is_public_host(host) is expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (AddressFacts("https", "billets.exemple.fr"), None),
        (AddressFacts("http", "billets.exemple.fr"), "venues.partner_url_malformed"),
        (AddressFacts("https", ""), "venues.partner_url_malformed"),
        (AddressFacts("https", "billets.exemple.fr", plain=False), "venues.partner_url_malformed"),
        (AddressFacts("https", "10.0.0.7"), "venues.partner_url_private"),
        (AddressFacts("https", "localhost"), "venues.partner_url_private"),
    ],
)
def test_where_a_partner_may_be_called(address, expected):
    assert code(rules.why_not_partner_urls({"notification": address}, private=False)) == expected


def test_a_partner_gives_both_addresses_or_none_and_may_be_near_where_nobody_books():
    near, far = AddressFacts("http", "localhost"), AddressFacts("https", "a.fr")
    assert code(rules.why_not_partner_urls({"booking": near, "cancellation": near}, private=True)) is None
    assert code(rules.why_not_partner_urls({}, private=False)) is None
    for apart in ("booking", "cancellation"):
        assert code(rules.why_not_partner_urls({apart: far}, private=False)) == "venues.partner_urls_apart"


@pytest.mark.parametrize(
    ("spelt", "folded"),
    [
        ("ST MALO CEDEX 2", "saint malo"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("Œuilly", "oeuilly"),
        ("12, Grand'Rue", "12 grand rue"),
        ("", ""),
    ],
)
def test_names_of_places_are_folded(spelt, folded):
    assert rules.fold(spelt) == folded
