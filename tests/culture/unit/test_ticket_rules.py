"""Codes that people type, and signed QR codes that anybody can check off line."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from diptych.commons import ids
from diptych.commons.refusal import Refused
from diptych.culture.domain.bookings.rules.tickets import TicketText, jwk, private_key, public_key, read_ticket, sign_ticket
from diptych.culture.domain.bookings.rules.tokens import ALPHABET, new_token, read_token

KEY = private_key("11" * 32)
TICKET = TicketText("K7M3QX", 12, 34, 2, 1764000000, 1766000000)


def test_alphabet() -> None:
    """Thirty symbols, none of the six that read like another."""
    assert len(ALPHABET) == len(set(ALPHABET)) == 30
    assert not set("018 9IO") & set(ALPHABET)


def test_drawn_tokens_use_the_whole_alphabet() -> None:
    """Over many draws each symbol comes at each place, and tokens do not repeat."""
    drawn = [new_token(ids.draw) for _ in range(5000)]
    assert all({token[place] for token in drawn} == set(ALPHABET) for place in range(6))
    assert len(set(drawn)) > 4990


@pytest.mark.parametrize("typed", ["K7M3QX", "k7m3qx", " k7m 3qx ", "K7M-3QX", "k 7 m 3 q x"])
def test_what_people_type(typed: str) -> None:
    """Case, spaces and dashes do not count."""
    assert read_token(typed) == "K7M3QX"


@pytest.mark.parametrize("typed", ["", "K7M3Q", "K7M3QXA", "K7M3Q0", "K7M3QI", "K7M3Qé", "'; drop", "A" * 10_000, "K7M3Q\0"])
def test_what_cannot_be_a_code(typed: str) -> None:
    """Anything else is refused before the database is asked."""
    with pytest.raises(Refused) as refused:
        read_token(typed)
    assert refused.value.code == "bookings.token_malformed"


def test_a_ticket_is_read_with_the_published_key() -> None:
    """What is published is enough, and holds nothing private."""
    document = jwk(KEY.public_key())
    assert set(document) == {"kty", "crv", "alg", "use", "x"}
    text = sign_ticket(TICKET, KEY)
    assert read_ticket(text, public_key(document)) == TICKET
    assert len(text) < 260
    with pytest.raises(ValueError, match="Ed25519"):
        public_key({"crv": "P-256"})


def _refused(text: str) -> str:
    with pytest.raises(Refused) as refused:
        read_ticket(text, KEY.public_key())
    return refused.value.code


@given(st.integers(0, 120), st.characters())
def test_no_change_survives_the_signature(place: int, symbol: str) -> None:
    """Changing any one symbol of what is signed is found."""
    text = sign_ticket(TICKET, KEY)
    body = text.rpartition(";SIG:")[0]
    place %= len(body)
    if body[place] != symbol:
        assert _refused(text[:place] + symbol + text[place + 1 :]) in {"bookings.ticket_forged", "bookings.ticket_malformed"}


def test_forged_and_foreign_codes() -> None:
    """Another key's signature, none, garbage, and a neighbour's QR code."""
    text = sign_ticket(TICKET, KEY)
    assert _refused(sign_ticket(TICKET, Ed25519PrivateKey.generate())) == "bookings.ticket_forged"
    assert _refused(text[:-3] + "AAA") == "bookings.ticket_forged"
    assert _refused(text.replace("PLACES:2", "PLACES:9")) == "bookings.ticket_forged"
    assert _refused(text.rpartition(";SIG:")[0] + ";SIG:") == "bookings.ticket_forged"
    for signature in ("é", "A", "AAA=AAAA", "%%%%", "AA AA"):  # none is base64url
        assert _refused(f"{text.rpartition(';SIG:')[0]};SIG:{signature}") == "bookings.ticket_forged"
    for other in ("", "PASSCULTURE:v3;TOKEN:K7M3QX", "https://example.org", "DIPTYCH:v1;TOKEN:K7M3QX", "\0" * 900):
        assert _refused(other) == "bookings.ticket_malformed"
    assert base64.urlsafe_b64decode(text.rpartition(":")[2] + "==")
