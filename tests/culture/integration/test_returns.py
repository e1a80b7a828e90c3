"""What the bank gives back: read whole or refused with its line and field, owed again, sent again, taken back."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from diptych.commons.refusal import Refused
from diptych.culture.domain.reimbursements import operations, terms
from diptych.culture.domain.reimbursements.models import BankAccount, Settlement
from diptych.culture.domain.reimbursements.terms import AccountStatus
from diptych.culture.gateways import bank
from diptych.culture.jobs import settle_transfers
from tests.culture.factories import AT
from tests.culture.integration.test_invoices import HERE, accounts, holds, sent
from tests.culture.payments import DECEMBER, FIRST_OF_DECEMBER, PaidWorld, price_all

pytestmark = pytest.mark.django_db
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.02"><BkToCstmrDbtCdtNtfctn><Ntfctn><Ntry>
<NtryDtls><TxDtls><Refs><EndToEndId>{}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="EUR">{}</Amt></TxAmt></AmtDtls>
<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"""


def give_back(settlement: Settlement, *, at: datetime, content: bytes | None = None) -> int:
    content = content or CAMT.format(settlement.end_to_end, f"{settlement.cents / 100:.2f}").encode()
    return operations.read_returns(returned=bank.read_returns(content), content=content, actor="person:1", at=at)


@pytest.mark.parametrize("after", [1, 3])
def test_what_the_bank_gives_back_is_owed_again_sent_again_and_a_mistake_is_taken_back(after: int):
    world = sent()
    settle_transfers.deliver(at=DECEMBER)
    at = DECEMBER + timedelta(days=after)
    settle_transfers.run(at=at)
    first = Settlement.objects.order_by("pk")[0]
    was = first.status
    assert was == ("pending" if after < 2 else "validated")
    before = accounts()
    assert give_back(first, at=at) == 1
    assert give_back(first, at=at) == 0, "the same file"
    first.refresh_from_db()
    assert (first.status, first.why, first.cashflow.invoice.status) == ("rejected", "AC04", "rejected")
    assert accounts()["venue"] == (15_00 if was == "validated" else 22_00)
    holds()
    assert operations.take_return_back(end_to_end=first.end_to_end, actor="person:1", at=at) == was
    assert accounts() == before
    holds()
    with pytest.raises(Refused, match=r"reimbursements.settlement_not_rejected"):
        operations.take_return_back(end_to_end=first.end_to_end, actor="person:1", at=at)
    with pytest.raises(Refused, match=r"reimbursements.settlement_not_found"):
        operations.take_return_back(end_to_end="VIR0-0-0", actor="person:1", at=at)
    give_back(first, at=at, content=f"end_to_end;amount;reason\n{first.end_to_end};15,00;AC01\n".encode())
    BankAccount.objects.filter(pk=world.accounts[0].pk).update(status=AccountStatus.TO_CORRECT)
    send: dict[str, Any] = {"payer": bank.payer(), "write": bank.write, "actor": "person:1", "at": at}
    with pytest.raises(Refused, match=r"reimbursements.nothing_to_send"):
        operations.send_again(**send)
    BankAccount.objects.filter(pk=world.accounts[0].pk).update(status=AccountStatus.ACCEPTED, iban="FR1420041010050500013M02606")
    again = operations.send_again(**send)
    assert (again.message_id, again.count, again.cents) == ("RETRY1", 1, 15_00)
    assert b"FR1420041010050500013M02606" in bytes(again.content)
    assert Settlement.objects.get(transfer=again).end_to_end == f"VIR1-{first.cashflow_id}-2"
    with pytest.raises(Refused, match=r"reimbursements.settlement_not_rejected"):
        operations.take_return_back(end_to_end=first.end_to_end, actor="person:1", at=at)
    settle_transfers.deliver(at=at)
    settle_transfers.run(at=at + timedelta(days=9))
    assert (accounts()["venue"], accounts()["bank"]) == (0, 22_00)
    holds()


@pytest.mark.parametrize(
    ("content", "line", "field"),
    [
        (b"end_to_end,amount,reason\nVIR1-1-1,15.001,AC04\n", 2, "amount"),
        (b"end_to_end,amount,reason\nVIR1-1-1,-15,AC04\n", 2, "amount"),
        (b"end_to_end,amount,reason\nVIR1-1-1,0,AC04\n", 2, "amount"),
        (b"end_to_end,amount,reason\n,15.00,AC04\n", 2, "end_to_end"),
        (b"end_to_end,amount,reason\nVIR1-1-1,15.00,closed\n", 2, "reason"),
        (b"end_to_end,amount,reason\nVIR1-1-1,15.00\n", 2, "end_to_end, amount, reason"),
        (b"number,amount\n", 1, "end_to_end, amount, reason"),
        (b"", 1, "end_to_end, amount, reason"),
        (b"end_to_end,amount,reason\n\xff\xfe\n", 2, "file"),
        (b'end_to_end,amount,reason\n"VIR1\n', 2, "file"),
        (b"<Document>", 1, "XML"),
        (b"<Document/>", 1, "Document"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>\n<Document>&a;</Document>', 1, "DOCTYPE"),
        (CAMT.format("VIR1-1-1", "quinze").encode(), 3, "amount"),
        (b"x" * (bank.LARGEST + 1), 1, "file"),
    ],
)
def test_a_bad_file_of_the_bank_is_refused_whole_with_its_line_and_field(content: bytes, line: int, field: str):
    with pytest.raises(Refused) as said:
        bank.read_returns(content)
    assert said.value.refusal.reason is terms.RETURN_MALFORMED
    assert (said.value.refusal.facts["line"], said.value.refusal.facts["field"]) == (line, field)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("{0};15.00;AC04\nVIR9-9-9;1.00;AC04", terms.RETURN_UNKNOWN),
        ("{0};15.00;AC04\n{1};7.01;AC04", terms.RETURN_AMOUNT),
        ("{0};15.00;AC04\n{0};15.00;AC04", terms.RETURN_TWICE),
        ("{0};15.00;AC04\n{2};8.00;AC04", terms.RETURN_ALREADY),
    ],
)
def test_a_file_that_says_what_cannot_be_changes_nothing(rows: str, reason: Any):
    world = PaidWorld(venues=3)
    for place, cents in zip(world.venues, (15_00, 7_00, 8_00), strict=True):
        world.paid(place, cents, AT)
    price_all()
    operations.make_batch(day=FIRST_OF_DECEMBER, **HERE)
    operations.make_invoices(**HERE)
    operations.send_batch(number=1, payer=bank.payer(), write=bank.write, **HERE)
    numbers = list(Settlement.objects.order_by("pk").values_list("end_to_end", flat=True))
    give_back(Settlement.objects.get(end_to_end=numbers[2]), at=DECEMBER)
    content = ("end_to_end;amount;reason\n" + rows.format(*numbers) + "\n").encode()
    with pytest.raises(Refused) as said:
        operations.read_returns(returned=bank.read_returns(content), content=content, **HERE)
    assert (said.value.refusal.reason, said.value.refusal.facts["line"]) == (reason, 3)
    assert Settlement.objects.filter(status="rejected").count() == 1
    holds()
