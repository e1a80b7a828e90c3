"""E-mails: the same tests on a server that really listens and on the folder that plays one; then each letter of accounts."""

import socket
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest

from diptych.commons import outbox
from diptych.culture.domain.people import operations as people
from diptych.culture.domain.people.models import EmailCheck
from diptych.culture.gateways import mail
from diptych.culture.jobs import letters, send_mail
from tests.culture import factories

Read = Callable[[], list[EmailMessage]]


class SmtpServer:
    """A mail server in a thread, just enough of RFC 5321 to receive."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as wire:
                self._talk(wire)

    def _talk(self, wire) -> None:
        def say(text: str) -> None:
            wire.write(text.encode() + b"\r\n")
            wire.flush()

        say("220 ready")
        while line := wire.readline():
            verb = line.strip().upper()
            if verb.startswith(b"DATA"):
                say("354 go on")
                lines = []
                while (text := wire.readline()) != b".\r\n":
                    lines.append(text.removeprefix(b".") if text.startswith(b"..") else text)
                self.received.append(b"".join(lines))
            if verb.startswith(b"QUIT"):
                say("221 bye")
                return
            say("250 ok")

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


@pytest.fixture(params=["server", "mailbox"])
def post(request, tmp_path, monkeypatch) -> Iterator[Read]:
    """Each way out, and how to read what went out."""
    if request.param == "mailbox":
        box = mail.Mailbox(tmp_path / "mailbox")
        monkeypatch.setattr(mail, "post", lambda: box)
        yield box.letters
        return
    server = SmtpServer()
    monkeypatch.setattr(mail, "post", lambda: mail.Server(server.url))
    yield lambda: [BytesParser(policy=default).parsebytes(letter) for letter in server.received]
    server.close()


def test_a_letter_arrives_as_it_was_written(post):
    mail.send(
        to="ines@exemple.example",
        subject="Ta place t’attend",
        text="Salut Inès,\n\n.à bientôt\n",
        html="<p>Salut Inès</p>",
        key="outbox:1",
    )
    (letter,) = post()
    assert (letter["To"], letter["Subject"]) == ("ines@exemple.example", "Ta place t’attend")
    assert letter.get_body(("plain",)).get_content().replace("\r\n", "\n") == "Salut Inès,\n\n.à bientôt\n"
    assert "<p>Salut Inès</p>" in letter.get_body(("html",)).get_content()


def test_the_same_letter_twice_bears_the_same_number(post):
    for _ in range(2):
        mail.send(to="ines@exemple.example", subject="Une fois", text="…", html="<p>…</p>", key="outbox:2")
    assert len({letter["Message-ID"] for letter in post()}) == 1


def test_a_line_end_in_a_subject_is_refused(post):
    with pytest.raises(ValueError, match="linefeed"):
        mail.send(to="ines@exemple.example", subject="a\nBcc: malo@exemple.example", text="", html="", key="outbox:3")


def test_a_server_that_is_away_raises(monkeypatch):
    monkeypatch.setattr(mail, "post", lambda: mail.Server("smtp://127.0.0.1:9"))
    with pytest.raises(OSError, match="refused"):
        mail.send(to="ines@exemple.example", subject="…", text="…", html="…", key="outbox:4")


@pytest.mark.django_db
@pytest.mark.parametrize("topic", sorted(set(send_mail.CONSUMES) - {"people.registered"}))
def test_each_message_makes_its_letter(post, topic):
    ines = factories.youth(email="ines@exemple.example", first_name="Inès")
    name, consume = send_mail.CONSUMES[topic]
    consume(outbox.Message(7, topic, "", {"person_id": ines.pk}, factories.AT, 0), None, factories.AT)
    (letter,) = post()
    assert name == "send_mail"
    assert letter["To"] == "ines@exemple.example"
    assert "Inès" in letter.get_body(("plain",)).get_content()
    assert "ines@" not in letter.get_body(("html",)).get_content()


@pytest.mark.django_db
def test_the_link_of_a_sign_up_is_sent_while_it_is_worth_it(post):
    person_id = people.register(email="malo@exemple.example", password=factories.PASSWORD, at=factories.AT)
    check_id = EmailCheck.objects.get().pk
    _, consume = send_mail.CONSUMES["people.registered"]
    message = outbox.Message(8, "people.registered", "", {"person_id": person_id, "check_id": check_id}, factories.AT, 0)
    consume(message, None, factories.AT)
    (letter,) = post()
    link = people.link_of(check_id=check_id)
    assert link in letter.get_body(("plain",)).get_content().replace("\r\n", "")
    people.validate_email(token=link, at=factories.AT)
    consume(message, None, factories.AT)
    assert len(post()) == 1


@pytest.mark.django_db
def test_letters_speak_the_language_and_the_manner_of_their_addressee():
    from diptych.culture.domain.people.queries import addressee

    youth, pro = (addressee(person_id=person.pk) for person in (factories.youth(language="en"), factories.pro(language="en")))
    for person in (youth, pro):
        letter = letters.compose(person, letters.registered, link="https://diptych.example/x")
        assert letter.subject == "Check your e-mail address"
        assert "https://diptych.example/x" in letter.text
        assert 'href="https://diptych.example/x"' in letter.html
