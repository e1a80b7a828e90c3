"""Serving: the port is free or the refusal says which one to take, and a proxy of the environment stands in nobody's way."""

import errno
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from diptych.commons.processes import Child, must_be_free, wait_until_answers
from diptych.commons.refusal import Refused


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Say yes."""
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    """A web server that answers."""
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield "127.0.0.1", server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_port_that_is_taken_is_refused_and_a_free_one_is_named(address: tuple[str, int]) -> None:
    host, port = address
    with pytest.raises(Refused) as said:
        must_be_free(host=host, port=port)
    assert said.value.refusal.reason.code == "serve.port_taken"
    must_be_free(host=host, port=int(said.value.refusal.facts["free"]))


@pytest.mark.parametrize(("host", "code"), [("203.0.113.9", "serve.no_such_host"), ("nowhere.invalid", "serve.no_such_host")])
def test_an_address_that_is_not_ours_is_refused(host: str, code: str) -> None:
    with pytest.raises(Refused) as said:
        must_be_free(host=host, port=8000)
    assert said.value.refusal.reason.code == code


def test_a_port_of_root_is_refused_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def bind(_self: socket.socket, _address: tuple[str, int]) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")  # what Linux says under 1024; tests may run as root

    monkeypatch.setattr(socket.socket, "bind", bind)
    with pytest.raises(Refused) as said:
        must_be_free(host="127.0.0.1", port=80)
    assert said.value.refusal.reason.code == "serve.port_reserved"


def test_a_proxy_of_the_environment_is_not_asked_for_our_own_server(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        host, port = address
        wait_until_answers(Child("web server", process, tmp_path / "log"), url=f"http://{host}:{port}/", seconds=3)
        process.communicate(b"\n")
