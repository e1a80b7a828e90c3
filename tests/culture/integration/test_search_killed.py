"""The indexer in real processes: killed with -9 while it commits, merges and rebuilds, on a full disk, two at once, on broken files."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from diptych.culture.domain.catalogue.models import Offer, SearchChange
from diptych.culture.domain.catalogue.queries import Criteria
from diptych.culture.search import answering
from diptych.culture.search.answering import our_library, search
from diptych.culture.search.indexing import Indexer, rebuild
from diptych.culture.search.proving import verify
from diptych.culture.search.store import Library
from tests.culture.integration.test_search import AT, offer, venue

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAM = """
import sys, django; django.setup()
from datetime import datetime
from pathlib import Path
from diptych.commons.refusal import Refused
from diptych.culture.search.indexing import Indexer, rebuild
from diptych.culture.search.store import Library
library, at = Library(Path(sys.argv[2])), datetime.fromisoformat(sys.argv[3])
def say(*words):
    print(*words, flush=True)
say("began")
try:
    if sys.argv[1] == "rebuild":
        rebuild(library=library, at=at, on_progress=lambda done, of: say("building"))
        say("rebuilt")
    elif sys.argv[1] == "fault":
        try:
            with Indexer(library).keeping() as _:
                pass
            Indexer(library).round(at=at)
        except (OSError, ValueError) as fault:
            say("fault", type(fault).__name__)
        else:
            say("no fault")
    else:
        indexer = Indexer(library)
        with indexer.keeping():
            say("keeps")
            while True:
                indexer.round(at=at)
                say("round")
except Refused as refused:
    say(refused.refusal.reason.code)
"""


@pytest.fixture
def library(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Library:
    settings.SEARCH_FOLDER = tmp_path / "search"
    monkeypatch.setattr("diptych.culture.search.store.STALE_SECONDS", 1e12)
    monkeypatch.setattr(answering, "_says", answering._Says())
    return our_library()


def start(what: str, library: Library, before: Callable[[], None] | None = None) -> "subprocess.Popen[str]":
    """The real thing in a process of its own, on this test's database. `before` runs in it first."""
    said = connection.get_connection_params()
    url = f"postgresql:///{said['dbname']}?host={said['host']}&user={said['user']}"
    environ = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "diptych.culture.site.settings"}
    words = [sys.executable, "-c", PROGRAM, what, str(library.folder), AT.isoformat()]
    return subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=before)


def heard(process: "subprocess.Popen[str]", word: str) -> None:
    """Wait until it says so."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.split()[0] == word:
            return
    assert process.stderr is not None
    raise AssertionError(f"it never said {word}: {process.stderr.read()}")


def kill(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)


@contextmanager
def running(what: str, library: Library) -> Iterator["subprocess.Popen[str]"]:
    process = start(what, library)
    try:
        yield process
    finally:
        if process.poll() is None:
            kill(process)


def proved(library: Library) -> None:
    """What a killed one left is good for readers; the next round makes it level, and the proof says so."""
    opened = Library(library.folder).opened(at=0)
    assert opened is not None, "what was there still answers"
    assert verify(opened.searcher, at=AT).holds, "nothing is lost: what is not in it waits in line"
    with Indexer(library).keeping():
        while Indexer(library).round(at=AT):
            pass
    assert not SearchChange.objects.filter(settled_at=None).exists()
    opened = Library(library.folder).opened(at=0)
    assert opened is not None
    proof = verify(opened.searcher, at=AT)
    assert (proof.holds, proof.waiting) == (True, 0)


def catalogue(count: int) -> list[Offer]:
    place = venue()
    first = offer(place, "Nuit 0")
    others = [
        Offer(venue=place, name=f"Nuit {n}", subcategory="SEANCE_CINE", validation="APPROVED", publication_at=first.publication_at,
              created_at=AT, bookings_allowed_at=AT.replace(year=2027)) for n in range(1, count)
    ]  # fmt: skip
    return [first, *Offer.objects.bulk_create(others)]


def test_an_indexer_killed_while_it_commits_and_merges_loses_nothing(library: Library) -> None:
    catalogue(40)
    rebuild(library=library, at=AT)
    for turn, delay in enumerate((0.0, 0.005, 0.02)):
        with running("rounds", library) as process:
            heard(process, "round")
            for step in range(4):  # small commits, one after the other: the engine merges their segments
                Offer.objects.all().update(name=f"Nuit {turn} {step}")
                heard(process, "round")
            Offer.objects.all().update(name=f"Soir {turn}")
            time.sleep(delay)
            kill(process)
        proved(library)
        found = search(criteria=Criteria(text=f"soir {turn}"), at=AT, facets=True)
        assert found.facets is not None, "the index answers"
        assert found.total == 40


def test_a_rebuild_killed_anywhere_leaves_what_was_there(library: Library) -> None:
    catalogue(300)
    rebuild(library=library, at=AT)
    before = library.current()
    for word, delay in (("building", 0.0), ("building", 0.01), ("building", 0.05)):
        with running("rebuild", library) as process:
            heard(process, word)
            time.sleep(delay)
            kill(process)
        assert Library(library.folder).current() is not None
        proved(library)
    with running("rebuild", library) as process:
        heard(process, "rebuilt")
    assert Library(library.folder).current() != before
    assert len(list(library.folder.glob("g*"))) == 1, "what the killed ones left is removed"
    proved(library)


def test_of_two_indexers_started_at_once_one_keeps_and_the_next_takes_over(library: Library) -> None:
    catalogue(3)
    rebuild(library=library, at=AT)
    both = [start("rounds", library) for _ in range(2)]
    try:
        said = []
        for process in both:
            assert process.stdout is not None
            assert process.stdout.readline() == "began\n"
        for process in both:
            assert process.stdout is not None
            said.append(process.stdout.readline().strip())
        assert sorted(said) == ["keeps", "search.already_indexing"]
        kill(both[said.index("keeps")])
        with running("rounds", library) as third:
            heard(third, "keeps")
        proved(library)
    finally:
        for process in both:
            if process.poll() is None:
                kill(process)
    rebuilds = [start("rebuild", library) for _ in range(2)]
    last = sorted(process.communicate(timeout=120)[0].split()[-1] for process in rebuilds)
    assert last in (["rebuilt", "rebuilt"], ["rebuilt", "search.already_building"]), "one after the other, or one alone"
    proved(library)


def test_a_full_disk_stops_a_round_and_breaks_nothing(library: Library) -> None:
    catalogue(30)
    rebuild(library=library, at=AT)
    Offer.objects.all().update(name="Nuit pleine", description="mot " * 1_000)

    def little() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a write beyond fails as one on a full disk does
        resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))

    process = start("fault", library, before=little)
    said, errors = process.communicate(timeout=120)
    assert said.split()[1] == "fault", (said, errors)
    assert SearchChange.objects.filter(settled_at=None).exists(), "what was not written waits"
    proved(library)
    assert search(criteria=Criteria(text="pleine"), at=AT, facets=True).total == 30
    with_less = start("rebuild", library, before=little)
    with_less.communicate(timeout=120)
    assert with_less.returncode != 0
    assert Library(library.folder).current() is not None
    proved(library)


@pytest.mark.parametrize("how", ["cut", "garbage", "lost"])
def test_files_broken_under_a_living_indexer_are_answered_around(how: str, library: Library) -> None:
    catalogue(20)
    rebuild(library=library, at=AT)
    generation = library.folder / str(library.current())
    files = [path for path in generation.iterdir() if path.suffix in {".term", ".idx", ".fast", ".pos", ".store"}]
    assert files
    for path in files:
        content = path.read_bytes()
        path.unlink()  # another file: whoever has the old one open keeps reading it
        if how != "lost":
            path.write_bytes(content[: len(content) // 3] if how == "cut" else os.urandom(len(content)))
    answering.library.cache_clear()
    found = search(criteria=Criteria(text="nuit"), at=AT)
    assert found.total == 20, "PostgreSQL answers, or the index does"
    process = start("rebuild", library)
    assert process.communicate(timeout=120)[0].split()[-1] == "rebuilt"
    answering.library.cache_clear()
    assert search(criteria=Criteria(text="nuit"), at=AT, facets=True).facets is not None
    proved(library)
