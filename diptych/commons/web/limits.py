"""Rate limits: how often one address, one account or one typed value may knock at a door, or be wrong.

Holds the counters and the middleware; the table of limits is the service's (`settings.LIMITS`, by view name). Counts are
kept by fixed windows in a file that every process of the machine maps in memory: a knock costs about two microseconds
and no trip to the database. They are per machine, and a machine that restarts forgets them: a lockout that must outlive
that is kept by django-axes in the database. Does not hold the reasons' wording beyond one sentence.
"""

import hashlib
import hmac
import json
import mmap
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any, Final, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from diptych.commons import clock
from diptych.commons.refusal import Kind, Reason, Refusal, Refused, deny, refuse
from diptych.commons.web import bearer
from diptych.commons.web.refusals import answer

TOO_OFTEN = Reason("limits.too_often", Kind.BUSY, "That is a lot at once: try again in {minutes} min.")
TOO_MANY_WRONG = Reason("limits.too_many_wrong", Kind.BUSY, "Too many wrong codes: try again in {minutes} min.")

SLOTS: Final = 1 << 17
_SLOT: Final = struct.Struct("<QII")  # who (64 bits of a keyed hash), window, count
_PROBES: Final = 8


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` in `seconds` for each `per`: a network address, the account signed in, or what a form's field (`json`: a
    program's body) says. Of IPv6, the first 64 bits: whoever has an address there has them all."""

    per: Literal["address", "account", "field", "json"]
    times: int
    seconds: int
    field: str = ""
    methods: frozenset[str] = frozenset({"POST"})


class Counters:
    """Fixed windows in a mapped file. Two processes that write one slot at the same instant may lose a count: a limit is
    a brake, not a lock. A full neighbourhood gives its oldest slot away."""

    def __init__(self, path: Path, *, slots: int = SLOTS) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        size = slots * _SLOT.size
        with path.open("a+b") as file:
            if file.seek(0, 2) < size:
                file.truncate(size)
            self._map = mmap.mmap(file.fileno(), size)
        self._slots = slots

    def knock(self, who: int, *, window: int) -> int:
        """Count one more knock of `who` in a window (its number); gives how many there were, this one included."""
        oldest, place = (1 << 32), 0
        for probe in range(_PROBES):
            offset = ((who + probe) % self._slots) * _SLOT.size
            holder, held, count = _SLOT.unpack_from(self._map, offset)
            if holder == who:
                count = count + 1 if held == window else 1
                _SLOT.pack_into(self._map, offset, who, window, min(count, 0xFFFFFFFF))
                return int(count)
            if held < oldest:
                oldest, place = held, offset
        _SLOT.pack_into(self._map, place, who, window, 1)
        return 1

    def knocks(self, who: int, *, window: int) -> int:
        """How many knocks of `who` there were in a window."""
        for probe in range(_PROBES):
            holder, held, count = _SLOT.unpack_from(self._map, ((who + probe) % self._slots) * _SLOT.size)
            if (holder, held) == (who, window):
                return int(count)
        return 0


@cache
def _counters() -> Counters:
    return Counters(Path(settings.LIMITS_FILE))


@cache
def _key() -> bytes:
    return hashlib.blake2b(b"diptych.limits\0" + settings.SECRET_KEY.encode(), digest_size=32).digest()


def _who(*words: str) -> int:
    "A keyed hash: the file holds no address, no account, no e-mail."
    return int.from_bytes(hmac.digest(_key(), "\0".join(words).encode(), "sha256")[:8], "little")


def client_address(request: HttpRequest) -> str:
    """The address that a request comes from: the last that our own proxy added, where settings say there is one."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUST_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


def _network(request: HttpRequest) -> str:
    "Whose the address is: one of IPv4; of IPv6 the network, in which a subscriber takes a new address as often as they like."
    address = client_address(request)
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    return str(known.ipv4_mapped or IPv6Address(int(known) >> 64 << 64))


def _said(request: HttpRequest, field: str) -> str:
    "What a program's body says, read as the API reads it, whatever its content type claims; empty where that makes no sense."
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        return ""
    value = sent.get(field) if isinstance(sent, dict) else None
    return value if isinstance(value, str) else ""


def _account(request: HttpRequest) -> str:
    "The account, without reading the person: from the token, or from the session that the door reads anyway."
    if bearer.is_carried(request):
        claims = bearer.claims_of(request, at=clock.now())
        return str(claims.person_id) if claims is not None else ""
    return str(request.session.get("_auth_user_id", "")) if settings.SESSION_COOKIE_NAME in request.COOKIES else ""


def why_not(*, name: str, limits: Iterable[Limit], request: HttpRequest) -> Refusal | None:
    """Count a knock at the door `name` against its limits; the first one passed refuses, with the wait in seconds."""
    at = int(clock.now().timestamp())
    for limit in limits:
        if request.method not in limit.methods:
            continue
        words: dict[str, Callable[[HttpRequest], str]] = {
            "address": _network,
            "account": _account,
            "field": lambda sent: sent.POST.get(limit.field, "").strip().lower(),  # noqa: B023  # called at once
            "json": lambda sent: _said(sent, limit.field).strip().lower(),  # noqa: B023  # the same
        }
        who = words[limit.per](request)
        if not who:
            continue
        count = _counters().knock(_who(name, limit.per, str(limit.seconds), who), window=at // limit.seconds)
        if count > limit.times:
            wait = limit.seconds - at % limit.seconds
            return refuse(TOO_OFTEN, minutes=-(-wait // 60), retry_after=wait)
    return None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a key may still ask in the present window: of how many, how many are left, seconds until the next window."""

    most: int
    left: int
    resets_in: int

    @property
    def is_over(self) -> bool:
        """Whether this knock was one too many."""
        return self.left < 0


def knock_by_key(*, name: str, key: str, most: int, seconds: int) -> Allowance:
    """Count a knock of a program's key at the door `name`."""
    at = int(clock.now().timestamp())
    count = _counters().knock(_who(name, "key", str(seconds), key), window=at // seconds)
    return Allowance(most, most - count, seconds - at % seconds)


@dataclass(frozen=True, slots=True)
class Misses:
    """At most `times` wrong codes in `seconds` from one who types them: then even a right one is refused for a while.

    Right ones cost nothing, so that a queue at a door is never slowed, and a code of six symbols cannot be guessed. `wrong`:
    the codes of the refusals that are a miss.
    """

    door: str
    times: int
    seconds: int
    wrong: frozenset[str]

    @contextmanager
    def watch(self, who: str) -> Iterator[None]:
        """Count what is refused within the block as a miss of `who`. Raises Refused (TOO_MANY_WRONG) after too many."""
        at, keyed = int(clock.now().timestamp()), _who(self.door, "wrong", str(self.seconds), who)
        window = at // self.seconds
        if settings.LIMITS_ON and _counters().knocks(keyed, window=window) >= self.times:
            wait = self.seconds - at % self.seconds
            deny(TOO_MANY_WRONG, minutes=-(-wait // 60), retry_after=wait)
        try:
            yield
        except Refused as refused:
            if settings.LIMITS_ON and refused.code in self.wrong:
                _counters().knock(keyed, window=window)
            raise


class LimitMiddleware:
    """Answers 429 with Retry-After to whoever knocks too often at a door of `settings.LIMITS`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass through: the limit is looked up when the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Count, and refuse past the limit."""
        table: Mapping[str, tuple[Limit, ...]] = settings.LIMITS
        limits = table.get(request.resolver_match.view_name, ()) if request.resolver_match else ()
        if not limits or not settings.LIMITS_ON:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        refusal = why_not(name=name, limits=limits, request=request)
        return answer(request, refusal) if refusal else None
