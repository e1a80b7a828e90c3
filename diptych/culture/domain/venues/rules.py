"""Rules of venues: how a structure moves, who may join it and how, what a newcomer does next, hours that can hold,
names of places spelt one way.

Pure functions and dated tables. Does not hold the check of a SIREN's key (stdnum's, in operations).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from ipaddress import ip_address
from itertools import pairwise
from typing import Final

from . import terms
from .terms import AddressFacts, DayHours, Interval, InvitationFacts, OtherHours, Rejection, Step, StepFacts, Validation

from diptych.commons.refusal import Refusal, refuse

MOVES: Final[Mapping[Validation, frozenset[Validation]]] = {
    Validation.NEW: frozenset({Validation.PENDING, Validation.VALIDATED, Validation.REJECTED, Validation.CLOSED}),
    Validation.PENDING: frozenset({Validation.VALIDATED, Validation.REJECTED, Validation.CLOSED}),
    Validation.VALIDATED: frozenset({Validation.PENDING, Validation.CLOSED}),
    Validation.REJECTED: frozenset({Validation.NEW, Validation.PENDING, Validation.VALIDATED}),
    Validation.CLOSED: frozenset({Validation.PENDING}),
    Validation.DELETED: frozenset(),
}
"""Where the back office may take a structure from where it stands (guide §1.2). REJECTED goes back to NEW when its SIREN is
given again."""

WITH_A_REASON: Final = frozenset({Validation.REJECTED, Validation.CLOSED})
INVITATION_LASTS: Final = timedelta(days=14)
MOST_INVITATIONS: Final = 30
"""Ours: how long an invitation opens, and how many may wait at once in a structure."""
MOST_TIMES: Final = 4
MOST_EXCEPTIONS: Final = 60
"""Ours: times of opening in a day, and exceptions of a venue."""


def why_not_decide(*, before: Validation, after: Validation, reason: str) -> Refusal | None:
    """Why the back office cannot take a structure from one state to another, or None."""
    if after not in MOVES[before]:
        return refuse(terms.NO_SUCH_MOVE, before=before, after=after)
    if after in WITH_A_REASON and reason not in set(Rejection):
        return refuse(terms.REJECTION_MISSING)
    if after not in WITH_A_REASON and reason:
        return refuse(terms.REJECTION_UNASKED)
    return None


def why_not_identify(*, siret: str, no_siret_why: str, siret_is_valid: bool) -> Refusal | None:
    """Why a venue of a structure cannot be known as it is filled in, or None."""
    if siret and no_siret_why:
        return refuse(terms.SIRET_OR_WHY)
    if not siret and not no_siret_why:
        return refuse(terms.NO_SIRET_UNSAID)
    return refuse(terms.SIRET_MALFORMED) if siret and not siret_is_valid else None


def why_not_invite(*, is_member: bool, waiting: int, already: bool) -> Refusal | None:
    """Why an address cannot be invited, or None."""
    if is_member:
        return refuse(terms.ALREADY_A_MEMBER)
    if already:
        return refuse(terms.ALREADY_INVITED)
    return refuse(terms.TOO_MANY_INVITATIONS, most=MOST_INVITATIONS) if waiting >= MOST_INVITATIONS else None


def why_not_accept(invitation: InvitationFacts, *, email: str, at: datetime) -> Refusal | None:
    """Why an invitation does not open for the owner of an address, or None."""
    over = invitation.accepted_at is not None or invitation.withdrawn_at is not None
    if over or invitation.expires_at <= at:
        return refuse(terms.INVITATION_OVER)
    return refuse(terms.INVITATION_OTHER) if invitation.email != email.lower() else None


def what_is_next(facts: StepFacts) -> tuple[tuple[Step, bool], ...]:
    """The steps of a newcomer in order, each with whether it is done."""
    return (
        (Step.STRUCTURE, bool(facts.validation)),
        (Step.VENUE, facts.venues > 0),
        (Step.VALIDATION, facts.validation == Validation.VALIDATED),
        (Step.PAGE, facts.pages > 0),
        (Step.OFFER, facts.offers > 0),
        (Step.PAYMENT, facts.is_paid),
    )


def why_not_day(hours: Sequence[Interval]) -> Refusal | None:
    """Why the times of opening of one day cannot hold, or None."""
    if len(hours) > MOST_TIMES:
        return refuse(terms.HOURS_TOO_MANY, most=MOST_TIMES)
    for one in hours:
        if one.closes <= one.opens:
            return refuse(terms.HOURS_BACKWARDS, opens=f"{one.opens:%H:%M}", closes=f"{one.closes:%H:%M}")
    ordered = sorted(hours, key=lambda one: one.opens)
    for earlier, later in pairwise(ordered):
        if later.opens < earlier.closes:
            return refuse(terms.HOURS_OVERLAP, opens=f"{later.opens:%H:%M}", closes=f"{earlier.closes:%H:%M}")
    return None


def why_not_hours(*, week: Sequence[Sequence[Interval]], exceptions: Sequence[OtherHours]) -> Refusal | None:
    """Why a venue's week and its exceptions cannot hold, or None: the first fault, Monday first."""
    for day in week:
        if (refusal := why_not_day(day)) is not None:
            return refusal
    if len(exceptions) > MOST_EXCEPTIONS:
        return refuse(terms.DAYS_TOO_MANY, most=MOST_EXCEPTIONS)
    for one in exceptions:
        if one.last_day < one.first_day:
            return refuse(terms.DAYS_BACKWARDS)
        if (refusal := why_not_day(one.hours)) is not None:
            return refusal
    ordered = sorted(exceptions, key=lambda one: one.first_day)
    for earlier, later in pairwise(ordered):
        if later.first_day <= earlier.last_day:
            return refuse(terms.DAYS_OVERLAP, day=later.first_day.isoformat())
    return None


PRIVATE_NAMES: Final = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home", ".corp", ".intranet", ".home.arpa")
"""Names that only lead inside a network (RFC 6761, 6762, 8375, and those that networks use)."""


def is_public_host(host: str) -> bool:
    """Whether a host, a name or an address, may be reached from outside. A name without a dot never is."""
    bare = host.strip("[]").rstrip(".").lower()
    try:
        return is_public_address(bare)
    except ValueError:
        pass
    last = bare.rpartition(".")[2]
    if last.isdecimal() or last.startswith("0x"):  # 127.1, 0x7f.1: what some resolvers read as an address
        return False
    return "." in bare and bare not in PRIVATE_NAMES and not bare.endswith(PRIVATE_NAMES)


def is_public_address(address: str) -> bool:
    """Whether an IP address is anybody's to reach: not private, loopback, link-local, shared, multicast or reserved. An
    IPv4 address inside an IPv6 one counts as itself. Raises ValueError where it is no address."""
    ip = ip_address(address)
    inside = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and (inside is None or inside.is_global)


def why_not_partner_urls(addresses: Mapping[str, AddressFacts], *, private: bool) -> Refusal | None:
    """Why a partner cannot be called at these addresses (those given, by what each is for), or None. `private`: it may be
    called inside a private network, and without https. Names are not looked up here: what they lead to may change."""
    for address in addresses.values():
        if not address.host or not address.plain or address.scheme not in (("https", "http") if private else ("https",)):
            return refuse(terms.PARTNER_URL_MALFORMED)
        if not private and not is_public_host(address.host):
            return refuse(terms.PARTNER_URL_PRIVATE)
    return refuse(terms.PARTNER_URLS_APART) if ("booking" in addresses) != ("cancellation" in addresses) else None


def hours_on(*, day: date, week: Sequence[Sequence[Interval]], exceptions: Sequence[OtherHours]) -> DayHours:
    """The hours of a day: its exception's where it has one, else its weekday's, in order."""
    for other in exceptions:
        if other.first_day <= day <= other.last_day:
            return DayHours(day, _in_order(other.hours), other.words)
    return DayHours(day, _in_order(week[day.weekday()]))


def open_until(today: DayHours, *, clock_time: time) -> time | None:
    """When a venue closes next, if it is open at this time of the day by its own clock; None where it is closed."""
    return next((one.closes for one in today.hours if one.opens <= clock_time < one.closes), None)


def _in_order(hours: Sequence[Interval]) -> tuple[Interval, ...]:
    return tuple(sorted(hours, key=lambda one: one.opens))


_NAME_WORD: Final = re.compile("[a-z0-9]+")
_NAME_SHORT: Final = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_NAME_MARKS: Final = "\x1e\x1f"
_NAME_BLANKS: Final = "".join(c if c in _NAME_MARKS or re.match("[a-z0-9]", c) else " " for c in map(chr, range(256))).encode(
    "latin-1"
)
_NAME_ABBREVIATED: Final = re.compile(rf"(?<=[ {_NAME_MARKS}])(?:sts?|stes?)(?=[ {_NAME_MARKS}])")
_NAME_CEDEX: Final = re.compile(rf" ?\bcedex\b[^{_NAME_MARKS}]*")


@lru_cache(maxsize=100_000)
def fold(name: str) -> str:
    """The name without case, accents, ligatures, hyphens or abbreviation: « L'Haÿ-les-Roses », « ST MALO CEDEX 2 »."""
    words = _NAME_WORD.findall(_plain_name(name))
    if "cedex" in words:
        words = words[: words.index("cedex")]
    return " ".join(_NAME_SHORT.get(word, word) for word in words)


def fold_list(text: str) -> str:
    """Each of the fields of a text as `fold` would have it, all at once, which is several times as fast.

    Before, between and after the fields stand the marks chr(30) and chr(31), which remain.
    """
    folded = _plain_name(text).encode().translate(_NAME_BLANKS).decode()
    while "  " in folded:
        folded = folded.replace("  ", " ")
    for mark in _NAME_MARKS:
        folded = folded.replace(f" {mark}", mark).replace(f"{mark} ", mark)
    if "cedex" in folded:
        folded = _NAME_CEDEX.sub("", folded)
    return _NAME_ABBREVIATED.sub(lambda found: _NAME_SHORT[found[0]], folded)


def _plain_name(text: str) -> str:
    plain = text.lower()
    if not plain.isascii():
        plain = plain.replace("œ", "oe").replace("æ", "ae").replace("’", "'")
        plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return plain
