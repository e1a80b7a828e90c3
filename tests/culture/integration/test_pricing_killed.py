"""Pricing killed with -9 in the middle, in real processes, again and again: nothing is lost, doubled or out of order."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import connection

from diptych.culture.domain.reimbursements.models import FinanceEvent, Pricing
from diptych.culture.domain.reimbursements.queries import verify_prices
from tests.culture.factories import AT
from tests.culture.integration.test_pricing import World, as_priced, as_rules_say

PROGRAM = """
import sys, django; django.setup()
from datetime import datetime
from diptych.culture.domain.reimbursements.operations import price_used
print("began", flush=True)
price_used(at=datetime.fromisoformat(sys.argv[1]), actor="job:price_bookings")
"""


def start() -> "subprocess.Popen[bytes]":
    """A pricing in a process of its own, on this test's database."""
    settings = connection.get_connection_params()
    url = f"postgresql:///{settings['dbname']}?host={settings['host']}&user={settings['user']}"
    environ = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "diptych.culture.site.settings"}
    words = [sys.executable, "-c", PROGRAM, AT.isoformat()]
    return subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.django_db(transaction=True)
def test_killed_again_and_again_it_prices_all_once() -> None:
    world = World(seed=7, venues=30)
    for n in range(120):
        cents = world.draw.choice((9_99, 4_500_00, 15_000_00))
        world.used(world.venues[n % 30], cents, AT - timedelta(minutes=2 + world.draw.randrange(9_000)))
    seen = set()
    for delay in (0.0, 0.01, 0.03, 0.06, 0.1):
        process = start()
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        seen.add(Pricing.objects.count())
        assert verify_prices()[2] == []
    last = start()
    _, words = last.communicate(timeout=120)
    assert last.returncode == 0, words.decode()
    assert FinanceEvent.objects.filter(status="priced").count() == 120
    assert as_priced() == as_rules_say()
    assert verify_prices()[2] == []
    assert min(seen) < 120, "at least one was killed before the end"
