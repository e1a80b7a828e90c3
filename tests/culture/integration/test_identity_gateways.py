"""SMS and document-check gateways: the same tests on a server that really listens and on the fake that plays one."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from diptych.commons.refusal import Refused
from diptych.commons.settings import SETTINGS, Settings
from diptych.culture.gateways import identity_documents, sms

SMS = sms.Sms("+33611223344", "Ton code : 123456", "outbox:7")


class Listener(ThreadingHTTPServer):
    """Both providers' servers: keeps what it is sent by its key, and answers as told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://key@127.0.0.1:{self.server_address[1]}"
        self.plain = f"http://127.0.0.1:{self.server_address[1]}"
        self.kept: dict[str, Any] = {}
        self.status, self.answer = 201, json.dumps({"id": "s1", "url": f"{self.plain}/session"})


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Take it, if the bearer is right."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = self.headers["Authorization"] in ("Bearer key", "Bearer secret")
        if known and self.server.status < 400:
            self.server.kept[self.headers["Idempotency-Key"]] = body
        self.send_response(self.server.status if known else 401)
        self.end_headers()
        self.wfile.write(self.server.answer.encode())


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("which", ["operator", "fake"])
def test_an_sms_sent_twice_is_one(which: str, listener: Listener, tmp_path: Path) -> None:
    tray = sms.Tray(tmp_path / "sms")
    way: sms.Operator = sms.HttpOperator(listener.url) if which == "operator" else tray
    way.send(SMS)
    way.send(SMS)
    kept = [sms.Sms(**one) for one in listener.kept.values()] if which == "operator" else tray.messages()
    assert kept == [SMS]


def test_an_operator_that_is_away_or_says_no_is_tried_again_later(listener: Listener) -> None:
    listener.status = 503
    with pytest.raises(sms.NotHandedOver, match="status_503"):
        sms.HttpOperator(listener.url).send(SMS)
    listener.status = 201
    with pytest.raises(sms.NotHandedOver, match="status_401"):
        sms.HttpOperator(listener.url.replace("key@", "other@")).send(SMS)
    with pytest.raises(sms.NotHandedOver, match="ConnectError"):
        sms.HttpOperator("http://key@127.0.0.1:9").send(SMS)


@pytest.mark.parametrize("which", ["provider", "fake"])
def test_a_session_opens_twice_with_one_reference(which: str, listener: Listener) -> None:
    real = identity_documents.HttpDocuments(listener.plain, "secret")
    way: identity_documents.Documents = real if which == "provider" else identity_documents.FakeDocuments("")
    addresses = {way.begin(attempt="a1", back_to="https://pass.example/retour") for _ in range(2)}
    assert len(addresses) == 1
    if which == "provider":
        assert listener.kept == {"a1": {"reference": "a1", "return_url": "https://pass.example/retour"}}


@pytest.mark.parametrize(("status", "answer"), [(500, "{}"), (201, "not JSON"), (201, "[]"), (201, '{"url": "javascript:1"}')])
def test_a_provider_that_is_away_is_refused(status: int, answer: str, listener: Listener) -> None:
    listener.status, listener.answer = status, answer
    with pytest.raises(Refused) as no:
        identity_documents.HttpDocuments(listener.plain, "secret").begin(attempt="a1", back_to="https://pass.example/")
    assert no.value.code == "identity_documents.provider_away"


def test_settings_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {
        "DIPTYCH_SMS_URL": "https://k@sms.example/",
        "DIPTYCH_DOCUMENTS_URL": "https://id.example",
        "DIPTYCH_DOCUMENTS_SECRET": "s",
    }
    for module, choose in ((sms, sms.operator), (identity_documents, identity_documents.documents)):
        choose.cache_clear()
        monkeypatch.setattr(module, "settings", lambda: Settings(asked))
        assert type(choose()).__name__ in ("HttpOperator", "HttpDocuments")
        choose.cache_clear()
    read = {setting.name: setting.read for setting in SETTINGS}
    for name in ("DIPTYCH_SMS_URL", "DIPTYCH_DOCUMENTS_URL"):
        assert read[name]("fake") == "fake"
        with pytest.raises(ValueError, match="https://"):
            read[name]("ftp://sms.example")
