"""The bank: transfers handed over as SEPA files (pain.001.001.03), what it gives back read from camt.054 or CSV.

Holds the wire forms, the two ways out, and the choice between them (DIPTYCH_BANK_URL). Does not hold what is due. A file of the bank
that cannot be read is refused whole, with its line and field.
"""

import csv
import io
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn, Protocol
from urllib.parse import unquote, urlsplit, urlunsplit
from xml.parsers import expat

import httpx
from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError

from diptych.commons.refusal import deny
from diptych.commons.settings import settings
from diptych.culture.domain.reimbursements.terms import RETURN_MALFORMED, Orders, Payer, Returned

SCHEMA: Final = "pain.001.001.03"
"""The version that French banks take (CFONB, Guide d'utilisation du standard ISO 20022)."""
DEADLINE_SECONDS: Final = 30.0
LARGEST: Final = 50 * 1024 * 1024
"""Bytes of a file of returns."""
COLUMNS: Final = ("end_to_end", "amount", "reason")
"""The head of a CSV of returns: the amount in euros with two decimals."""
_AMOUNT: Final = re.compile(r"\d{1,12}([.,]\d{1,2})?")


class NotDelivered(Exception):
    """The bank did not take a file: the caller tries again later. Its text holds no account."""


def payer() -> Payer:
    """Whose account transfers leave from."""
    said = settings()
    return Payer(said["DIPTYCH_PAYER_NAME"], said["DIPTYCH_PAYER_IBAN"], said["DIPTYCH_PAYER_BIC"])


def write(orders: Orders) -> bytes:
    """The file of some transfers, valid by the schema: it is checked as it is written. Raises
    ValueError where an order cannot be said so."""
    config: dict[str, Any] = {
        "name": orders.payer.name, "IBAN": orders.payer.iban, "BIC": orders.payer.bic, "batch": True, "currency": "EUR",
    }  # fmt: skip
    file = SepaTransfer(config, schema=SCHEMA, clean=True)
    head = file._xml.find("CstmrCdtTrfInitn/GrpHdr")  # the library draws a number and reads a clock of its own: ours are told
    head.find("MsgId").text, head.find("CreDtTm").text = orders.message_id, orders.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    for one in orders.orders:
        file.add_payment(
            {
                "name": one.holder, "IBAN": one.iban, "BIC": one.bic, "amount": one.cents, "execution_date": orders.on,
                "description": one.says, "endtoend_id": one.end_to_end,
            }
        )  # fmt: skip
    try:
        return bytes(file.export(validate=True))
    except ValidationError:
        raise ValueError(f"the file {orders.message_id} is not valid by {SCHEMA}") from None


def read_returns(content: bytes) -> list[Returned]:
    """What a file of the bank says that it gave back: camt.054 where it begins as XML, CSV otherwise. Raises Refused."""
    if len(content) > LARGEST:
        _malformed(1, "file")
    return _read_camt(content) if content.lstrip()[:1] == b"<" else _read_csv(content)


def _read_csv(content: bytes) -> list[Returned]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        _malformed(content[: fault.start].count(b"\n") + 1, "file")
    rows = csv.reader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ",", strict=True)
    found: list[Returned] = []
    try:
        head = next(rows, [])
        if tuple(name.strip().lower() for name in head) != COLUMNS:
            _malformed(1, ", ".join(COLUMNS))
        for row in rows:
            if not row:
                continue
            if len(row) != len(COLUMNS):
                _malformed(rows.line_num, ", ".join(COLUMNS))
            number, amount, why = (value.strip() for value in row)
            found.append(_returned(rows.line_num, number, amount, why))
    except csv.Error:
        _malformed(rows.line_num, "file")
    return found


class _Camt:
    """What is read of a camt.054: each transaction given back, by its end-to-end number. A document type is refused: no entity
    is ever opened."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.text = ""
        self.said: dict[str, str] = {}
        self.line = 0
        self.found: list[Returned] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.hear
        self.parser.StartDoctypeDeclHandler = self.refuse

    def refuse(self, *_: Any) -> None:
        _malformed(self.parser.CurrentLineNumber, "DOCTYPE")

    def begin(self, name: str, _: dict[str, str]) -> None:
        self.path.append(name.rpartition(" ")[2])
        self.text = ""
        if self.path[-1] == "TxDtls":
            self.said, self.line = {}, self.parser.CurrentLineNumber

    def hear(self, text: str) -> None:
        self.text += text

    def end(self, _: str) -> None:
        name, within = self.path.pop(), self.path[-1] if self.path else ""
        if name == "EndToEndId" or (name == "Cd" and within == "Rsn") or (name == "Amt" and within in {"TxDtls", "TxAmt"}):
            self.said.setdefault(name, self.text.strip())
        if name == "TxDtls":
            self.found.append(
                _returned(self.line, self.said.get("EndToEndId", ""), self.said.get("Amt", ""), self.said.get("Cd", ""))
            )
        self.text = ""


def _read_camt(content: bytes) -> list[Returned]:
    camt = _Camt()
    try:
        camt.parser.Parse(content, True)
    except expat.ExpatError as fault:
        _malformed(fault.lineno, "XML")
    if b"camt.054" not in content[:2000]:
        _malformed(1, "Document")
    return camt.found


def _returned(line: int, number: str, amount: str, why: str) -> Returned:
    if not number or len(number) > 35:
        _malformed(line, "end_to_end")
    cents = int(Decimal(amount.replace(",", ".")) * 100) if _AMOUNT.fullmatch(amount) else 0
    if cents <= 0:
        _malformed(line, "amount")
    if not re.fullmatch(r"[A-Z0-9]{1,8}", why):
        _malformed(line, "reason")
    return Returned(number, cents, why, line)


def _malformed(line: int, field: str) -> NoReturn:
    deny(RETURN_MALFORMED, line=line, field=field)


class Way(Protocol):
    """A way out for files."""

    def deliver(self, *, name: str, content: bytes) -> None:
        """Hand a file over, or raise NotDelivered."""


@dataclass(frozen=True, slots=True)
class HttpBank:
    """The bank's interface, or that of the tool that speaks EBICS with it: PUT of the file under its name, its key (the address's
    user) as a bearer token. The same name twice is one file."""

    url: str

    def deliver(self, *, name: str, content: bytes) -> None:
        """Hand a file over; anything but 2xx is a failure."""
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        base = urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path.rstrip("/"), "", ""))
        headers = {"Authorization": f"Bearer {unquote(parts.username or '')}", "Content-Type": "application/xml"}
        try:
            answer = httpx.put(f"{base}/{name}", content=content, headers=headers, timeout=DEADLINE_SECONDS)
        except httpx.HTTPError as fault:
            raise NotDelivered(type(fault).__name__) from None
        if not answer.is_success:
            raise NotDelivered(f"status_{answer.status_code}")


@dataclass(frozen=True, slots=True)
class Folder:
    """The fake: files of a folder, as the bank would have received them."""

    folder: Path

    def deliver(self, *, name: str, content: bytes) -> None:
        """Keep a file; the same name twice is one."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.folder / name).write_bytes(content)

    def received(self) -> dict[str, bytes]:
        """The files kept, by name."""
        return {file.name: file.read_bytes() for file in sorted(self.folder.glob("*.xml"))}


@cache
def way() -> Way:
    """The way out that the settings name."""
    url = settings()["DIPTYCH_BANK_URL"]
    return folder() if url == "fake" else HttpBank(url)


def folder() -> Folder:
    """The fake's folder, for the demo and tests."""
    return Folder(Path(settings()["DIPTYCH_HOME"]).absolute() / "bank")


def deliver(*, name: str, content: bytes) -> None:
    """Hand one file over. Raises NotDelivered."""
    way().deliver(name=name, content=content)
