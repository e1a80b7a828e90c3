"""Search under faults: no index, a stale one, a broken one, a full disk, an indexer killed, two of them at once."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from diptych.commons.refusal import Refused
from diptych.culture.domain.catalogue.models import Offer, SearchChange
from diptych.culture.domain.catalogue.queries import Criteria
from diptych.culture.search import answering
from diptych.culture.search.answering import our_library, search
from diptych.culture.search.indexing import Indexer, rebuild
from diptych.culture.search.proving import verify
from diptych.culture.search.store import Library
from tests.culture.integration.test_search import AT, offer, venue

pytestmark = pytest.mark.django_db

HOLDER = """
import fcntl, sys, time
held = [open(f"{sys.argv[1]}/{name}.lock", "a") for name in ("indexer", "building")]
for file in held:
    fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def library(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Library:
    settings.SEARCH_FOLDER = tmp_path / "search"
    monkeypatch.setattr(answering, "_says", answering._Says())
    return our_library()


def answers() -> tuple[str, list[str]]:
    """Who answered, and what: only the index gives facets. The clock is the index's own."""
    at = AT
    beat = our_library().folder / "beat"
    if beat.exists():
        os.utime(beat, (at.timestamp(), at.timestamp()))
    found = search(criteria=Criteria(text="nuit"), at=at, facets=True)
    return "index" if found.facets else "PostgreSQL", [card.name for card in found.cards]


def test_without_an_index_postgresql_answers_and_it_is_said_once() -> None:
    offer(venue())
    with capture_logs() as logs:
        for _ in range(5):
            assert answers() == ("PostgreSQL", ["La Nuit des étoiles"])
    assert [line["answers"] for line in logs] == ["PostgreSQL"]
    with capture_logs() as logs:
        Indexer(our_library()).round(at=AT)
        assert answers() == ("index", ["La Nuit des étoiles"])
    assert [line["answers"] for line in logs] == ["index"], "and said once when it is back"


def test_an_index_that_nobody_keeps_is_not_asked() -> None:
    offer(venue())
    Indexer(our_library()).round(at=AT)
    beat = our_library().folder / "beat"
    for age, who in ((599, True), (601, False)):
        os.utime(beat, (AT.timestamp() - age, AT.timestamp() - age))
        found = search(criteria=Criteria(text="nuit"), at=AT, facets=True)
        assert (found.facets is not None) is who, age
        assert len(found.cards) == 1


@pytest.mark.parametrize("how", ["meta", "segment", "pointer", "gone", "shape", "empty"])
def test_a_broken_index_is_answered_around_and_built_anew(how: str, library: Library) -> None:
    offer(venue())
    Indexer(library).round(at=AT)
    generation = library.folder / str(library.current())
    if how == "meta":
        (generation / "meta.json").write_text("{")
    elif how == "segment":
        for path in generation.iterdir():
            if path.suffix in {".term", ".idx", ".fast", ".store", ".pos"}:
                path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif how == "pointer":
        (library.folder / "current").write_text("\0garbage")
    elif how == "gone":
        shutil.rmtree(generation)
    elif how == "shape":
        (library.folder / "current").write_text(f'{{"generation": "{library.current()}", "shape": 0}}')
    else:
        (generation / "meta.json").write_text("")
    fresh = Library(library.folder)  # as a process that starts now
    answering.library.cache_clear()
    assert answers() == ("PostgreSQL", ["La Nuit des étoiles"])
    rebuild(library=fresh, at=AT)
    assert answers() == ("index", ["La Nuit des étoiles"])


def test_a_live_process_takes_up_commits_and_generations_by_itself(library: Library) -> None:
    offer(venue())
    Indexer(library).round(at=AT)
    reader = Library(library.folder)
    assert reader.opened(at=0) is not None
    offer(venue("Autre"), "Nuit blanche")
    Indexer(library).round(at=AT)
    opened = reader.opened(at=0)
    assert opened is not None and opened.searcher.num_docs == 4, "two offers, two venues"
    rebuild(library=library, at=AT)
    rebuilt = reader.opened(at=0)
    assert rebuilt is not None and rebuilt.name != opened.name
    assert opened.searcher.num_docs == 4, "who still reads the old generation goes on to the end"
    assert [path.name for path in library.folder.glob("g*")] == [rebuilt.name], "which is removed"


def test_what_changes_during_a_rebuild_is_in_it(library: Library) -> None:
    made = offer(venue())
    live = Indexer(library)
    live.round(at=AT)
    changed = []

    def meanwhile(done: int, of: int) -> None:
        if not changed:
            changed.append(Offer.objects.filter(pk=made.pk).update(name="La Nuit changée"))
            live.round(at=AT)  # settles the change on the generation that is about to go

    rebuild(library=library, at=AT, on_progress=meanwhile)
    assert not SearchChange.objects.filter(settled_at=None)
    assert answers() == ("index", ["La Nuit changée"])
    live.round(at=AT)
    opened = library.opened(at=0)
    assert opened is not None and verify(opened.searcher, at=AT).holds


@pytest.mark.parametrize("where", ["before the commit", "before settling", "before the pointer"])
def test_a_fall_anywhere_is_made_good(where: str, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    made = offer(venue())
    Indexer(library).round(at=AT)
    Offer.objects.filter(pk=made.pk).update(name="La Nuit changée")

    class Killed(BaseException):
        pass

    def fall(*args: Any, **kwargs: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        if where == "before the commit":
            patched.setattr(Indexer, "_commit", fall)
        elif where == "before settling":
            patched.setattr("diptych.culture.search.indexing.operations.settle_search_changes", fall)
        else:
            patched.setattr(Library, "point_at", fall)
        with pytest.raises(Killed):
            rebuild(library=library, at=AT) if where == "before the pointer" else Indexer(library).round(at=AT)
    assert answers()[0] == "index", "what was there still answers"
    Indexer(library).round(at=AT)
    assert answers() == ("index", ["La Nuit changée"])
    opened = library.opened(at=0)
    assert opened is not None and verify(opened.searcher, at=AT).holds
    rebuild(library=library, at=AT)
    assert len(list(library.folder.glob("g*"))) == 1, "what a killed rebuild left is removed by the next"


def test_a_full_disk_leaves_the_last_commit_and_the_next_round_goes_on(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(venue())
    indexer = Indexer(library)
    indexer.round(at=AT)
    offer(venue("Autre"), "Nuit blanche")

    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("diptych.culture.search.indexing.document", full)
        with pytest.raises(OSError, match="No space"):
            indexer.round(at=AT)
    assert answers()[1] == ["La Nuit des étoiles"]
    indexer.round(at=AT)
    assert sorted(answers()[1]) == ["La Nuit des étoiles", "Nuit blanche"]


def test_the_second_indexer_and_the_second_rebuild_say_so_and_leave(library: Library) -> None:
    library.folder.mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(library.folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=library.folder.parent,
    )
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        with pytest.raises(Refused) as refused, Indexer(library).keeping():
            pass
        assert refused.value.refusal.reason.code == "search.already_indexing"
        with pytest.raises(Refused) as refused:
            rebuild(library=library, at=AT)
        assert refused.value.refusal.reason.code == "search.already_building"
    finally:
        holder.kill()
        holder.wait()
    with Indexer(library).keeping():
        rebuild(library=library, at=AT)
