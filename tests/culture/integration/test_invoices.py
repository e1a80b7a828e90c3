"""Invoices without a gap, their papers, and the ledger from a youth's deposit to the venue's bank account, to the cent."""

import csv
import io
import re
import zlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from diptych.commons import clock
from diptych.commons.refusal import Refused
from diptych.culture.commands import ledger, reimburse
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.queries import verify_ledger
from diptych.culture.domain.reimbursements import operations, queries, terms
from diptych.culture.domain.reimbursements.models import (
    BankAccount,
    Cashflow,
    CashflowStep,
    CustomRule,
    Invoice,
    InvoiceCounter,
    InvoiceFile,
    InvoiceLine,
    Settlement,
    Transfer,
)
from diptych.culture.domain.reimbursements.queries import verify_payments
from diptych.culture.domain.reimbursements.queries.invoices import paper_of
from diptych.culture.domain.reimbursements.terms import Hold
from diptych.culture.domain.wallet.models import Movement
from diptych.culture.gateways import bank, mail
from diptych.culture.jobs import invoice_file, make_invoices, settle_transfers
from tests.culture.factories import AT
from tests.culture.payments import DECEMBER, FIRST_OF_DECEMBER, PaidWorld, price_all
from tests.culture.privacy import heard, messages

pytestmark = pytest.mark.django_db
HERE: dict[str, Any] = {"actor": "person:1", "at": DECEMBER}


def batched(venues: int = 2) -> PaidWorld:
    """VIR1: two bookings at the first venue (10.00 and a book of 5.00), one of 7.00 at each other; all invoiced."""
    world = PaidWorld(venues=venues)
    world.paid(world.venues[0], 10_00, AT)
    world.paid(world.venues[0], 5_00, AT, kind="LIVRE_PAPIER")
    for place in world.venues[1:]:
        world.paid(place, 7_00, AT)
    price_all()
    operations.make_batch(day=FIRST_OF_DECEMBER, **HERE)
    assert operations.make_invoices(**HERE) == venues
    return world


def sent(venues: int = 2) -> PaidWorld:
    """The same, handed to the bank and accepted."""
    world = batched(venues)
    operations.send_batch(number=1, payer=bank.payer(), write=bank.write, **HERE)
    operations.accept_batch(number=1, chunk=1, **HERE)
    return world


def holds() -> None:
    assert verify_payments()[2] == []
    assert verify_ledger().faults == []


def accounts() -> dict[str, int]:
    return verify_ledger().accounts


def test_one_invoice_a_cashflow_numbered_without_gaps_with_its_lines_by_rule():
    batched()
    first, second = Invoice.objects.order_by("number")
    assert (first.reference, second.reference, first.amount_cents, second.amount_cents) == (
        "F260000001",
        "F260000002",
        15_00,
        7_00,
    )
    said = [
        (line.rule, line.bookings, line.total_cents, line.contribution_cents, line.amount_cents)
        for line in first.lines.order_by("pk")
    ]
    assert said == [("book.100", 1, 5_00, 0, 5_00), ("standard.100", 1, 10_00, 0, 10_00)]
    assert first.iban_end == "0189"
    assert operations.make_invoices(**HERE) == 0
    assert InvoiceCounter.objects.get(kind="F").last == 2
    assert set(Cashflow.objects.values_list("status", flat=True)) == {"under_review"}
    holds()


def test_the_year_of_an_invoice_is_that_of_paris_and_each_begins_at_one():
    world = batched(1)
    world.paid(world.venues[0], 3_00, AT + timedelta(days=8))
    price_all(datetime(2027, 1, 1, 3, tzinfo=UTC))
    operations.make_batch(day=date(2027, 1, 1), actor="person:1", at=datetime(2027, 1, 1, 3, tzinfo=UTC))
    assert operations.make_invoices(actor="person:1", at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == 1
    assert sorted(Invoice.objects.values_list("reference", flat=True)) == ["F260000001", "F270000001"]
    holds()


def test_the_paper_says_the_invoice_is_kept_and_is_always_the_same():
    batched(1)
    assert make_invoices.run(at=DECEMBER) == 1
    assert make_invoices.run(at=DECEMBER) == 0
    paper = paper_of(Invoice.objects.get())
    html = invoice_file.as_html(paper)
    for word in ("F260000001", "VIR1", "Livres", "100\u00a0%", "15\u00a0€"):
        assert word in html, word
    reference, content = queries.invoice_file(invoice_id=paper.id)
    assert (reference, content[:5]) == ("F260000001", b"%PDF-")
    inside = b"".join(unpacked(part) for part in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL))
    assert b"http://www.aiim.org/pdfa/ns/id/" in inside and b"/OutputIntent" in inside
    assert invoice_file.as_pdf(paper) == content
    with pytest.raises(Refused) as said:
        queries.invoice_file(invoice_id=paper.id, structure_ids=[0])
    assert said.value.refusal.reason is terms.INVOICE_NOT_FOUND
    assert InvoiceFile.objects.get().content is not None


@pytest.mark.parametrize(("kind", "subject"), [("F", "justificatif"), ("A", "Note de débit")])
def test_its_structure_is_written_to_once_when_its_paper_is_there(kind: str, subject: str):
    world = batched(1)
    invoice = Invoice.objects.get()
    Invoice.objects.update(kind=kind)
    for _ in range(2):
        operations.keep_invoice_file(invoice_id=invoice.pk, content=b"%PDF-", at=DECEMBER)
    assert len(messages("reimbursements.invoiced")) == 1
    heard("reimbursements.invoiced", at=DECEMBER)
    (letter,) = mail.mailbox().letters(to=world.accounts[0].filed_by.email)
    body = str(letter.get_body(("plain",)).get_content())
    assert subject in str(letter["Subject"]) and f"/pro/remboursements/{invoice.pk}/" in body
    assert "€" not in body


def unpacked(stream: bytes) -> bytes:
    """A stream of a PDF as it is meant."""
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def test_from_the_deposit_to_the_venues_bank_account_every_cent_is_in_the_ledger():
    world = PaidWorld(venues=1)
    place = world.venues[0]
    book = world.paid(place, 15_00, AT, kind="LIVRE_PAPIER")
    seen = world.paid(place, 10_00, AT, kind="VOD")
    CustomRule.objects.create(
        venue=place, rate="0.9500", subcategories=["LIVRE_PAPIER"], since=AT - timedelta(days=9), created_at=AT
    )
    generous = CustomRule(venue=place, place_cents=12_00, subcategories=["CONCERT"], since=AT - timedelta(days=9), created_at=AT)
    generous.save()
    concert = world.paid(place, 10_00, AT)
    price_all()
    before = accounts()
    operations.make_batch(day=FIRST_OF_DECEMBER, **HERE)
    operations.make_invoices(**HERE)
    operations.send_batch(number=1, payer=bank.payer(), write=bank.write, **HERE)
    assert operations.accept_batch(number=1, **HERE) == 3
    assert operations.accept_batch(number=1, **HERE) == 0
    assert set(Booking.objects.values_list("status", flat=True)) == {"REIMBURSED"}
    after = accounts()
    # 14.25 of the book, 12.00 for the concert (2.00 more than it cost); the State keeps 0.75 and 10.00, and adds 2.00
    assert {name: after[name] - before.get(name, 0) for name in after} == {
        "booking": -35_00,
        "deposit": 0,
        "state": 8_75,
        "venue": 26_25,
    }
    kinds = {
        (m.booking_id, m.kind): m.amount_cents
        for m in Movement.objects.filter(kind__in=["Reimbursement", "Contribution", "Complement"])
    }
    assert kinds == {
        (book.pk, "Reimbursement"): 14_25, (book.pk, "Contribution"): 75, (seen.pk, "Contribution"): 10_00,
        (concert.pk, "Reimbursement"): 10_00, (None, "Complement"): 2_00,
    }  # fmt: skip
    holds()
    assert settle_transfers.run(at=DECEMBER + timedelta(days=5)) == 0, "the bank has its file only now"
    assert settle_transfers.run(at=DECEMBER + timedelta(days=6)) == 0
    assert settle_transfers.run(at=DECEMBER + timedelta(days=7)) == 1
    assert (accounts()["venue"], accounts()["bank"]) == (0, 26_25)
    assert Invoice.objects.get().status == "paid"
    holds()


def test_the_file_is_valid_by_its_schema_and_says_each_transfer():
    batched()
    BankAccount.objects.update(holder="Librairie des Hallès & Cie, « L’Écume »")
    transfer = operations.send_batch(number=1, payer=bank.payer(), write=bank.write, **HERE)
    text = bytes(transfer.content).decode()
    import sepaxml
    import xmlschema

    schema = xmlschema.XMLSchema(f"{sepaxml.__path__[0]}/schemas/{bank.SCHEMA}.xsd")
    schema.validate(text)
    assert re.findall(r"<EndToEndId>([^<]+)", text) == [s.end_to_end for s in Settlement.objects.order_by("pk")]
    assert re.findall(r"<InstdAmt Ccy=\"EUR\">([^<]+)", text) == ["15.00", "7.00"]
    assert "<MsgId>VIR1</MsgId><CreDtTm>2026-12-01T08:00:00Z</CreDtTm><NbOfTxs>2</NbOfTxs><CtrlSum>22.00</CtrlSum>" in text
    assert "<ReqdExctnDt>2026-12-02</ReqdExctnDt>" in text
    assert re.findall(r"<Ustrd>([^<]+)", text) == ["F260000001 VIR1", "F260000002 VIR1"]
    assert (transfer.count, transfer.cents) == (2, 22_00)
    with pytest.raises(Refused) as said:
        operations.send_batch(number=1, payer=bank.payer(), write=bank.write, **HERE)
    assert said.value.refusal.reason is terms.NOTHING_TO_SEND
    with pytest.raises(Refused) as said:
        operations.send_batch(number=9, payer=bank.payer(), write=bank.write, **HERE)
    assert said.value.refusal.reason is terms.BATCH_NOT_FOUND
    with pytest.raises(ValueError, match="not valid"):
        bank.write(
            terms.Orders("VIR1", bank.payer(), DECEMBER, FIRST_OF_DECEMBER, (terms.Order("x", "A", "FR", "AGRIFRPP", 1, "y"),))
        )
    holds()


def test_a_file_is_handed_over_until_the_bank_has_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Any):
    batched()
    operations.send_batch(number=1, payer=bank.payer(), write=bank.write, **HERE)
    monkeypatch.setattr(bank, "way", lambda: bank.HttpBank("http://cle@127.0.0.1:9/depots"))
    with pytest.raises(bank.NotDelivered):
        settle_transfers.deliver(at=DECEMBER)
    assert Transfer.objects.get().delivered_at is None
    monkeypatch.setattr(bank, "way", lambda: bank.Folder(tmp_path))
    assert settle_transfers.deliver(at=DECEMBER) == 1
    assert settle_transfers.deliver(at=DECEMBER) == 0
    assert bank.Folder(tmp_path).received() == {"VIR1.xml": bytes(Transfer.objects.get().content)}
    # A bank that no longer answers holds back the next file, not what is done of this one.
    operations.accept_batch(number=1, **HERE)
    Transfer.objects.create(
        message_id="RETRY1", on=FIRST_OF_DECEMBER, count=0, cents=0, content=b"", sha256="", created_at=DECEMBER
    )
    monkeypatch.setattr(bank, "way", lambda: bank.HttpBank("http://cle@127.0.0.1:9/depots"))
    with pytest.raises(bank.NotDelivered):
        settle_transfers.run(at=DECEMBER + timedelta(days=3))
    assert set(Settlement.objects.values_list("status", flat=True)) == {"validated"}


def test_an_account_that_may_no_longer_be_paid_stops_the_file_and_says_which():
    world = batched()
    operations.hold_payments(account_id=world.accounts[1].pk, why=Hold.SEIZURE, **HERE)
    with pytest.raises(Refused) as said:
        operations.send_batch(number=1, payer=bank.payer(), write=bank.write, **HERE)
    assert (said.value.refusal.reason, said.value.refusal.facts["account"]) == (terms.ACCOUNT_NOT_PAYABLE, world.accounts[1].pk)
    assert not Settlement.objects.exists()
    with pytest.raises(Refused) as said:
        operations.accept_batch(number=9, **HERE)
    assert said.value.refusal.reason is terms.BATCH_NOT_FOUND
    assert operations.accept_batch(number=1, **HERE) == 0


@pytest.mark.parametrize(
    ("break_it", "kinds"),
    [
        (
            lambda: Invoice.objects.filter(number=1).update(amount_cents=1, total_cents=1),
            {"invoice.amount", "invoice.lines", "invoice.total"},
        ),
        (lambda: InvoiceLine.objects.all().delete(), {"invoice.lines", "invoice.total"}),
        (lambda: Invoice.objects.filter(number=2).update(number=4), {"invoice.counter"}),
        (lambda: InvoiceCounter.objects.update(last=9), {"invoice.gap", "invoice.counter"}),
        (lambda: Settlement.objects.filter(attempt=1).update(cents=1), {"settlement.cents"}),
        (lambda: Settlement.objects.update(status="validated"), {"settlement.money", "venues.owed"}),
        (lambda: Booking.objects.update(status="USED"), {"reimbursed.status", "reimbursed.paid"}),
        (lambda: Cashflow.objects.update(status="pending"), {"cashflow.status", "reimbursed.status", "venues.owed"}),
        (lambda: CashflowStep.objects.create(cashflow=Cashflow.objects.all()[0], status="pending", at=AT), {"cashflow.status"}),
    ],
)
def test_a_change_made_around_it_is_found(break_it: Any, kinds: set[str]):
    sent()
    assert verify_payments()[2] == []
    break_it()
    assert {fault.what for fault in verify_payments()[2]} == kinds


def test_a_cashflow_that_never_left_or_has_no_invoice_is_found():
    batched()
    Cashflow.objects.update(status="pending_acceptance")
    assert {fault.what for fault in verify_payments()[2]} == {"cashflow.status", "cashflow.sent"}
    InvoiceLine.objects.all().delete()
    Invoice.objects.filter(number=2).delete()
    assert {"invoice.missing", "invoice.gap"} <= {fault.what for fault in verify_payments()[2]}


def test_the_commands_pay_a_batch_from_end_to_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Any):
    monkeypatch.setattr(bank, "way", lambda: bank.Folder(tmp_path / "bank"))
    at = [DECEMBER]
    monkeypatch.setattr(clock, "now", lambda: at[0])
    world = PaidWorld(venues=1)
    world.paid(world.venues[0], 10_00, AT)
    told = CliRunner()

    def tell(*words: str) -> str:
        result = told.invoke(reimburse.app, list(words))
        assert result.exit_code == 0, result.output
        return result.output

    tell("price")
    tell("batch", "2026-12-01")
    assert tell("invoices", "--folder", str(tmp_path / "papers")) == "1 invoices, 1 papers made.\n"
    assert (tmp_path / "papers" / "F260000001.pdf").read_bytes()[:5] == b"%PDF-"
    assert tell("invoices", "--no-print") == "0 invoices, 0 papers made.\n"
    assert tell("transfer", "1") == "VIR1: 1 transfers, 1000 cents; handed to the bank.\n"
    assert tell("accept", "1") == "VIR1: 1 bookings reimbursed.\n"
    number = Settlement.objects.get().end_to_end
    file = tmp_path / "retours.csv"
    file.write_text(f"end_to_end,amount,reason\n{number},10.00,AC04\n")
    assert tell("returns", str(file)) == "1 transfers given back.\n"
    assert tell("return-back", number) == f"{number}: pending.\n"
    file.write_text(f"end_to_end,amount,reason\n{number},10.00,AC06\n")
    tell("returns", str(file))
    (row,) = csv.DictReader(io.StringIO(tell("export", "1")), delimiter=";")
    assert (row["reference"], row["amount_cents"], row["settlement"], row["why"]) == ("F260000001", "1000", "rejected", "AC06")
    monkeypatch.setattr(bank, "way", lambda: bank.HttpBank("http://cle@127.0.0.1:9/depots"))
    assert "the bank did not take it" in tell("transfer-again")
    monkeypatch.setattr(bank, "way", lambda: bank.Folder(tmp_path / "bank"))
    at[0] += timedelta(days=3)
    assert tell("settle") == "0 transfers done.\n", "the bank has its file only now"
    at[0] += timedelta(days=2)
    assert tell("settle") == "1 transfers done.\n"
    assert sorted(bank.Folder(tmp_path / "bank").received()) == ["RETRY1.xml", "VIR1.xml"]
    assert told.invoke(ledger.app, ["verify"]).exit_code == 0
