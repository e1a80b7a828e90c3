"""Listening for HL7 v2: what is acknowledged is on the disk, whatever the network and the sender do; and what is read of it."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from ..landings import AT, Home, declaration
from .conftest import Diptych

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified import flow
from diptych.health.warehouse.identified.landing import spool as spool_
from diptych.health.warehouse.identified.landing import terms
from diptych.health.warehouse.identified.landing.spool import Spool
from diptych.health.warehouse.identified.landing.terms import Account

MESSAGES = """
[text]
dates = "%Y%m%d"

[tables.movement]
messages = ["ADT"]
key = ["number"]
  [tables.movement.columns]
  number = "text! from MSH.10"
  event = "text! from MSH.9.2"
  ipp = "text! from PID.3.1"
  nom = "text from PID.5.1"
  prenom = "text from PID.5.2"
  naissance = "date from PID.7"
  unite = "text from PV1.3.1"

[tables.result]
messages = ["ORU^R01"]
each = "OBX"
  [tables.result.columns]
  ipp = "text! from PID.3.1"
  demande = "text from OBR.2"
  code = "text! from OBX.3.1"
  valeur = "number from OBX.5"
  unite = "text from OBX.6.1"
"""

ADT = (
    "MSH|^~\\&|CHRONOS|HTR|EDS|HTR|20261126060000||ADT^A01|{n}|P|2.5\r"
    "EVN|A01|20261126060000\r"
    'PID|1||{n}42^^^HTR^PI~INS^^^X||CANARIZETTE^Marie||19850921|F|||""\r'
    "PV1|1|I|CARD\\T\\O^12^1\r"
)
ORU = (
    "MSH|^~\\&|LABO|HTR|EDS|HTR|20261126060000||ORU^R01|{n}|P|2.5\r"
    "PID|1||{n}42^^^HTR\r"
    "OBR|1|D1\rOBX|1|NM|2951-2^Na^LN||140|mmol/L\rOBX|2|NM|2823-3^K^LN||4.1|mmol/L\r"
    "OBR|2|D2\rOBX|1|NM|718-7^Hb^LN||haut|g/dL\r"
)


def framed(message: str) -> bytes:
    return b"\x0b" + message.encode() + b"\x1c\r"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def heard(home: Home, talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]) -> None:
    "A listener, and one sender who talks to it."

    async def both() -> None:
        stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
        declared = declaration(home.folder, MESSAGES, format="hl7")
        listening = asyncio.ensure_future(
            flow.listen(
                declaration=declared, room=home.room, host="127.0.0.1", port=0, clock=lambda: AT, stop=stop, ready=port.set_result
            )
        )
        done, _ = await asyncio.wait([port, listening], return_when=asyncio.FIRST_COMPLETED)
        if listening in done:
            listening.result()
        reader, writer = await asyncio.open_connection("127.0.0.1", port.result())
        try:
            await talk(reader, writer)  # type: ignore[misc]
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            stop.set()
            await listening

    asyncio.run(both())


async def answer(reader: asyncio.StreamReader) -> list[str]:
    block = await asyncio.wait_for(reader.readuntil(b"\x1c\r"), 20)
    return block[1:-2].decode().split("\r")


def test_messages_become_rows(home: Home) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for message in (ADT.format(n=1), ORU.format(n=2)):
            writer.write(framed(message))
            header, acknowledgement, _ = await answer(reader)
            assert header.startswith("MSH|^~\\&|EDS|HTR|")
            assert acknowledgement == f"MSA|AA|{message.split('|')[9]}"

    heard(home, talk)
    assert b"CANARIZETTE" not in home.bytes(), "sealed before it is a delivery"
    declared = declaration(home.folder, MESSAGES, format="hl7")
    assert home.run(declared).account == Account(4, 3, 1)
    movement, *results = home.rows()
    assert {**movement, "_line": 0} == {
        "_line": 0, "number": "1", "event": "A01", "ipp": "142", "nom": "CANARIZETTE", "prenom": "Marie",
        "naissance": date(1985, 9, 21), "unite": "CARD&O",
    }  # fmt: skip
    assert [(row["demande"], row["code"], row["valeur"]) for row in results] == [("D1", "2951-2", 140.0), ("D1", "2823-3", 4.1)]
    assert home.bad() == [(1, "valeur", "not_of_type")]
    assert b"CANARIZETTE" not in home.bytes()
    assert list(home.place().spool.glob("*.*")) == [], "heard, received, and no longer in the spool"
    assert home.run(declared).account == Account(4, 3, 1)


def test_two_messages_in_one_packet_and_one_in_many(home: Home) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(framed(ADT.format(n=1)) + framed(ADT.format(n=2)))
        assert [(await answer(reader))[1] for _ in range(2)] == ["MSA|AA|1", "MSA|AA|2"]
        for byte in framed(ADT.format(n=3)):
            writer.write(bytes([byte]))
            await writer.drain()
        assert (await answer(reader))[1] == "MSA|AA|3"
        writer.write(framed(ADT.format(n=4))[:-2])  # and leaves in the middle of the fourth

    heard(home, talk)
    assert home.run(declaration(home.folder, MESSAGES, format="hl7")).account == Account(3, 3)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("garbage", "MSA|AR|"),
        ("", "MSA|AR|"),
        ("MSH", "MSA|AR|"),
        ("MSH|^~\\&|A|B|C|D|2026||SIU^S12|9|P|2.5\r", "MSA|AR|9"),
        ("PID|1||42\r", "MSA|AR|"),
    ],
)
def test_what_is_not_kept_is_not_accepted(home: Home, sent: str, said: str) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(framed(sent))
        assert (await answer(reader))[1] == said
        writer.write(framed(ADT.format(n=7)))
        assert (await answer(reader))[1] == "MSA|AA|7", "the next one is heard all the same"

    heard(home, talk)
    assert home.run(declaration(home.folder, MESSAGES, format="hl7")).account == Account(1, 1)


@pytest.mark.parametrize("sent", [b"no frame at all\x1c\r", b"\x0b" + b"x" * (5 << 20) + b"\x1c\r"])
def test_who_does_not_speak_mllp_is_hung_up_on(home: Home, sent: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            writer.write(sent)
            assert await asyncio.wait_for(reader.read(), 20) == b""

    heard(home, talk)
    assert home.run(declaration(home.folder, MESSAGES, format="hl7")).account == Account()


def test_what_the_disk_does_not_take_is_to_be_sent_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        full, right = True, os.fsync

        def fsync(number: int) -> None:
            if full:
                raise OSError(28, "No space left on device")
            right(number)

        monkeypatch.setattr(os, "fsync", fsync)
        writer.write(framed(ADT.format(n=1)))
        assert (await answer(reader))[1] == "MSA|AE|1"
        full = False
        writer.write(framed(ADT.format(n=1)))
        assert (await answer(reader))[1] == "MSA|AA|1"

    heard(home, talk)
    assert home.run(declaration(home.folder, MESSAGES, format="hl7")).account.received >= 1


def test_files_are_closed_by_number_and_by_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_, "MESSAGES", 2)
    spool = Spool(tmp_path, b"k" * 32)
    for minutes in (0, 1, 2, 8):
        spool.add(b"x", AT.replace(minute=minutes))
    assert (len(list(tmp_path.glob("*.closed"))), len(list(tmp_path.glob("*.open")))) == (2, 1)


def test_killed_while_it_listens_what_was_acknowledged_is_there(home: Home) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    declared = declaration(home.folder, MESSAGES, format="hl7")
    words = ["health", "flow", "listen", "--source", declared, "--home", home.room.home, "--port", port]
    process = subprocess.Popen([sys.executable, "-m", "diptych", *map(str, words)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert b"Listening" in process.stdout.readline()
        with socket.create_connection(("127.0.0.1", port), timeout=20) as sender:
            for number in range(5):
                sender.sendall(framed(ADT.format(n=number)))
                assert b"MSA|AA" in sender.recv(4096)
            sender.sendall(framed(ADT.format(n=9))[:-5])
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    assert home.run(declared).account == Account(5, 5)


def test_refusals(home: Home, diptych: Diptych) -> None:
    csv = declaration(home.folder / "other")
    asked = ("health", "flow", "listen", "--home", home.room.home, "--port", 64_999)
    status, _, err = diptych(*asked, "--source", csv)
    assert (status, terms.NOT_LISTENED.code in err) == (2, True)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with pytest.raises(Refused) as refused:
            await flow.listen(
                declaration=declaration(home.folder, MESSAGES, format="hl7"), room=home.room, host="127.0.0.1", port=0,
                clock=lambda: AT, stop=asyncio.Event(), ready=lambda port: None,
            )  # fmt: skip
        assert refused.value.code == terms.BUSY.code, "one listener a source"

    heard(home, talk)
