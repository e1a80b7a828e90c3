"""Calls to addresses that partners chose: where a name leads is checked when it is called, and one deadline holds for all."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from diptych.culture.gateways.outside import LARGEST_ANSWER, Outside, Reply, Unreached

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"


class Answering:
    """A listener that sends what it is given, piece by piece, and keeps what it heard."""

    def __init__(self, pieces: list[bytes], *, pause: float = 0) -> None:
        self.heard: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, args=(pieces, pause), daemon=True).start()

    def _serve(self, pieces: list[bytes], pause: float) -> None:
        while True:
            try:
                talk, _ = self._listener.accept()
                self.heard.append(talk.recv(65_536))
                for piece in pieces:
                    talk.sendall(piece)
                    time.sleep(pause)
                talk.close()
            except OSError:
                return

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()


@pytest.fixture
def kind() -> Iterator[Answering]:
    listener = Answering([HEAD % 2, b"{}"])
    yield listener
    listener.close()


def post(url: str, *, private: bool, leads_to: list[str] | None = None, seconds: float = 1) -> Reply | Unreached:
    """One call."""
    resolve = {} if leads_to is None else {"resolve": lambda host, port: leads_to}
    return Outside(deadline_seconds=seconds, private=private, **resolve).post(url, body=b"x", headers={"A": "b"})


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"],
)  # fmt: skip
def test_a_public_name_that_leads_inside_is_not_called(kind: Answering, address: str) -> None:
    assert post(f"http://partner.example:{kind.port}/", private=False, leads_to=[address]) == Unreached("private")
    assert post(f"http://partner.example:{kind.port}/", private=False, leads_to=["93.184.216.34", address]) == Unreached(
        "private"
    )
    assert kind.heard == []


def test_an_address_written_as_numbers_is_checked_too(kind: Answering) -> None:
    for host in ("127.0.0.1", "localhost", "2130706433", "[::1]"):
        assert post(f"http://{host}:{kind.port}/", private=False) in (Unreached("private"), Unreached("unreachable")), host
    assert kind.heard == []


def test_a_name_is_looked_up_once_and_the_call_goes_where_it_led(kind: Answering) -> None:
    """A name that answers a good address to a first look-up and a bad one to a second (DNS rebinding) is asked once."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    gateway = Outside(deadline_seconds=1, private=True, resolve=lambda host, port: next(answers))
    assert gateway.post(f"http://partner.example:{kind.port}/book", body=b"x", headers={}) == Reply(200, b"{}")
    assert b"Host: partner.example:" in kind.heard[0]
    assert next(answers) == ["10.0.0.1"]


def test_the_next_address_is_tried_where_the_first_does_not_answer(kind: Answering) -> None:
    assert post(f"http://partner.example:{kind.port}/", private=True, leads_to=["127.0.0.9", "127.0.0.1"]) == Reply(200, b"{}")
    assert post(f"http://partner.example:{kind.port}/", private=True, leads_to=[]) == Unreached("unreachable")


@pytest.mark.parametrize(
    "pieces",
    [[bytes([byte]) for byte in HEAD % 2] * 4, [HEAD % 500, *[b"x"] * 500], [], [b""] * 99],
    ids=["its head", "its body", "nothing", "silence"],
)
def test_an_answer_that_drips_is_cut_at_the_deadline(pieces: list[bytes]) -> None:
    dripping = Answering(pieces or [b""], pause=0.05 if pieces else 3)
    began = time.monotonic()
    assert post(f"http://127.0.0.1:{dripping.port}/", private=True, seconds=0.4) == Unreached("timeout")
    assert time.monotonic() - began < 5
    dripping.close()


def test_a_slow_look_up_is_cut_too() -> None:
    began = time.monotonic()
    gateway = Outside(deadline_seconds=0.2, private=True, resolve=lambda host, port: [str(time.sleep(4))])
    assert gateway.post("http://partner.example/", body=b"", headers={}) == Unreached("timeout")
    assert time.monotonic() - began < 3


def test_a_huge_answer_is_read_no_further() -> None:
    huge = Answering([HEAD % 50_000_000, *[b"x" * 100_000] * 500])
    answer = post(f"http://127.0.0.1:{huge.port}/", private=True, seconds=5)
    assert isinstance(answer, Reply)
    assert (answer.is_whole, len(answer.body)) == (False, LARGEST_ANSWER + 1)
    huge.close()


@pytest.mark.parametrize(
    "pieces", [[b"no HTTP at all\r\n\r\n"], [HEAD % 9, b"cut"], [b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 99_999]]
)
def test_what_is_no_answer_is_nobody(pieces: list[bytes]) -> None:
    odd = Answering(pieces)
    assert post(f"http://127.0.0.1:{odd.port}/", private=True) == Unreached("unreachable")
    odd.close()


@pytest.mark.parametrize(
    "url", ["", "nowhere", "ftp://a.example/", "http://", "http://é.example/", "http://a:99999/", "http://[::1/"]
)
def test_what_is_no_address_is_nobody(url: str) -> None:
    assert post(url, private=True, leads_to=["127.0.0.9"], seconds=0.3) in (Unreached("unreachable"), Unreached("timeout"))
