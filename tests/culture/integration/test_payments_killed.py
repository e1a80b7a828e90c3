"""Batches, invoices and acceptance killed with -9 in the middle, in real processes: nothing is lost, doubled or half done."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import connection

from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.queries import verify_ledger
from diptych.culture.domain.reimbursements import operations
from diptych.culture.domain.reimbursements.models import Cashflow, CashflowLine, Invoice
from diptych.culture.domain.reimbursements.queries import verify_payments
from diptych.culture.gateways import bank
from tests.culture.factories import AT
from tests.culture.payments import DECEMBER, PaidWorld, price_all

PROGRAM = """
import sys, django; django.setup()
from datetime import date, datetime
from diptych.culture.domain.reimbursements import operations
here = {"actor": "job:test", "at": datetime.fromisoformat(sys.argv[2])}
print("began", flush=True)
if sys.argv[1] == "batch":
    operations.make_batch(day=date(2026, 12, 1), **here)
    operations.make_invoices(**here)
else:
    operations.accept_batch(number=1, chunk=1, **here)
"""


def start(step: str) -> "subprocess.Popen[bytes]":
    """A step in a process of its own, on this test's database."""
    settings = connection.get_connection_params()
    url = f"postgresql:///{settings['dbname']}?host={settings['host']}&user={settings['user']}"
    environ = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "diptych.culture.site.settings"}
    words = [sys.executable, "-c", PROGRAM, step, DECEMBER.isoformat()]
    return subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def kill_again_and_again(step: str) -> None:
    """Each time a little later; each time the proofs hold. Then let it end."""
    for delay in (0.0, 0.01, 0.02, 0.04, 0.08):
        process = start(step)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        assert verify_payments()[2] == []
        assert verify_ledger().faults == []
    last = start(step)
    _, words = last.communicate(timeout=120)
    assert last.returncode == 0, words.decode()


@pytest.mark.django_db(transaction=True)
def test_killed_at_every_step_it_pays_all_once() -> None:
    world = PaidWorld(seed=3, venues=12)
    for n in range(48):
        world.paid(world.venues[n % 12], world.draw.choice((50, 99, 150)), AT - timedelta(minutes=2 + n))
    price_all()
    kill_again_and_again("batch")
    assert (Cashflow.objects.count(), CashflowLine.objects.count(), Invoice.objects.count()) == (12, 48, 12)
    operations.send_batch(number=1, payer=bank.payer(), write=bank.write, actor="person:1", at=DECEMBER)
    kill_again_and_again("accept")
    assert set(Booking.objects.values_list("status", flat=True)) == {"REIMBURSED"}
    assert verify_payments()[2] == []
    assert verify_ledger().faults == []
