"""`bench search`: ten kinds of question through the HTTP endpoint, beside the engine alone, and PostgreSQL's own search for scale.

All in one run, on one generated catalogue. "The engine alone" is tantivy asked the same filters and words for a page of hits, as
far as it has to go to find some, in this process, with nothing around it: no ranking, no cards, no HTTP. Holds the measures (`search_world` holds the catalogue).
"""

import json
import random
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import psycopg

from . import load, search_world
from .booking import environment
from .imports import database
from .server import WebServer, cpu_seconds, free_port, processes, running

from diptych.commons import clock

CLIENTS: Final = (1, 16)
PAGE: Final = 24
PARIS: Final = {"latitude": 48.8566, "longitude": 2.3522, "radius_km": 20}
_NARROW: Final = {"free": "true", "duo": "true", "group": "SHOWS", "facets": "true", "sort": "price"}
VARIANTS: Final = 50
"""Different questions of a kind."""
PLAIN_VARIANTS: Final = 5
"""Of which PostgreSQL's own search is asked so many."""
WARM_SECONDS: Final = 20
"""Every kind of question is asked once, or for so long, before the clock runs: each process reads its code and the index."""
UPDATED: Final = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """A kind of question. Milliseconds; `service` and `engine` by number of clients, as (median, 95th percentile). `service_cpu` and
    `engine_cpu`: processor's time a question with one client, of the web processes and of the engine, which other work on the machine
    moves little."""

    kind: str
    found: int
    service: dict[int, tuple[float, float]]
    engine: dict[int, tuple[float, float]]
    postgresql_ms: float
    service_cpu: float
    engine_cpu: float

    def ratio(self, clients: int) -> float:
        """p95 through the service by p95 of the engine alone."""
        return self.service[clients][1] / max(self.engine[clients][1], 1e-3)


@dataclass(frozen=True, slots=True)
class Figures:
    """One run. Seconds, offers a second, bytes on disk, kilobytes of memory at most (this process while it builds; a web process)."""

    offers: int
    documents: int
    build_seconds: float
    built_per_second: float
    updated_per_second: float
    change_seconds: float
    """From the commit of one change to finding it, the indexer idle, a round a second left out."""
    disk_bytes: int
    build_memory_kb: int
    web_memory_kb: int
    other_answers: int
    lines: tuple[Line, ...] = field(default=())

    def as_json(self) -> str:
        """One line for machines."""
        return json.dumps(asdict(self))


def measure(*, offers: int, seconds: float, workers: int, threads: int, on_step: Callable[[str], None]) -> Figures:
    """Make the catalogue, build its index, ask."""
    with database() as server:
        from django.conf import settings

        from diptych.culture.search.answering import our_library
        from diptych.culture.search.indexing import Indexer, rebuild

        with psycopg.connect(server.url(), autocommit=True) as connection:
            words = search_world.make(
                connection,
                offers=offers,
                at=clock.now(),
                on_offers=lambda done: on_step(f"making {done:,} of {offers:,} offers…"),
            )
            library = our_library()
            on_step("building the index…")
            began = time.perf_counter()
            built = rebuild(library=library, at=clock.now())
            build_seconds = time.perf_counter() - began
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            on_step("updating…")
            indexer = Indexer(library)
            indexer.round(at=clock.now())
            rate = _update_rate(connection, indexer, min(UPDATED, offers))
            change = _one_change(connection, indexer)
            kinds = questions(words.words, search_world.free_shows(connection, near=(PARIS["latitude"], PARIS["longitude"])))
        web = WebServer(
            port=free_port(), environ=environment(server.url(), str(Path(settings.SEARCH_FOLDER).parent)), workers=workers, threads=threads,
            log=Path(settings.SEARCH_FOLDER) / "web.log",
        )  # fmt: skip
        lines, others = [], 0
        with running(web):
            on_step("warming up…")
            every = [_request(params) for asked in kinds.values() for params in asked]
            load.drive(port=web.port, requests=every, clients=max(CLIENTS), seconds=WARM_SECONDS)
            for name, asked in kinds.items():
                on_step(f"asking: {name}…")
                library.beat()
                line, other = _line(name, asked, web, seconds)
                lines.append(line)
                others += other
            web_memory = _memory_kb(web.session)
        size = sum(path.stat().st_size for path in Path(settings.SEARCH_FOLDER).rglob("*") if path.is_file())
    return Figures(
        offers,
        built.documents,
        build_seconds,
        built.documents / build_seconds,
        rate,
        change,
        size,
        memory,
        web_memory,
        others,
        tuple(lines),
    )


def questions(words: Sequence[str], shows: Sequence[tuple[str, date]]) -> dict[str, list[dict[str, Any]]]:
    """Ten kinds of question, as the endpoint's parameters; each kind in several variants. `shows`: the titles and days of free shows for two
    near Paris, so that everything at once finds something."""
    drawn = random.Random(search_world.SEED)
    common = list(search_world.COMMON)
    rare = list(words[2_000:20_000])

    def many(make: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
        return [make() for _ in range(VARIANTS)]

    def typo() -> str:
        word = drawn.choice([word for word in common if len(word) >= 6])
        place = drawn.randrange(1, len(word) - 1)
        return word[:place] + drawn.choice("xkwz") + word[place + 1 :]

    def everything(title: str, on: date) -> dict[str, Any]:
        word = max(title.split(), key=len)
        return {"text": word, **PARIS, "from_day": on.isoformat(), "to_day": (on + timedelta(days=7)).isoformat(), **_NARROW}

    day = clock.now().date() + timedelta(days=3)
    week = {"from_day": day.isoformat(), "to_day": (day + timedelta(days=7)).isoformat()}
    return {
        "one common word": [{"text": word} for word in [search_world.EVERYWHERE, *common][:VARIANTS]],
        "two words": many(lambda: {"text": f"{drawn.choice(common)} {drawn.choice(common)}"}),
        "a beginning": many(lambda: {"text": drawn.choice(common + rare)[: drawn.choice((3, 4))]}),
        "a typo": many(lambda: {"text": typo()}),
        "text and circle": many(lambda: {"text": drawn.choice(common), **PARIS}),
        "text, circle, counts": many(lambda: {"text": drawn.choice(common), **PARIS, "facets": "true"}),
        "a category and days": many(lambda: {"group": drawn.choice(("CINEMA", "CONCERT", "SHOWS")), **week}),
        "nearest first": many(lambda: {**PARIS, "latitude": 48.8566 + drawn.uniform(-0.05, 0.05), "sort": "distance"}),
        "a rare word": many(lambda: {"text": drawn.choice(rare)}),
        "everything at once": [everything(*drawn.choice(shows)) for _ in range(VARIANTS)]
        if shows
        else [{**PARIS, **week, **_NARROW}],
    }


def _line(name: str, asked: list[dict[str, Any]], web: WebServer, seconds: float) -> tuple[Line, int]:
    from diptych.culture.domain.catalogue import queries as catalogue
    from diptych.culture.search.answering import our_library, question_of
    from diptych.culture.search.asking import Reach, query_of

    requests = [_request(params) for params in asked]
    criteria = [_criteria(params) for params in asked]
    service, service_cpu, other = {}, 0.0, 0
    for clients in CLIENTS:
        load.drive(port=web.port, requests=requests, clients=clients, seconds=seconds / 4)  # warm
        began = cpu_seconds(web.session)
        outcome = load.drive(
            port=web.port, requests=requests * max(int(seconds * 400 / len(requests)), 1), clients=clients, seconds=seconds
        )
        service[clients] = (outcome.percentile(0.5), outcome.percentile(0.95))
        if clients == 1:
            service_cpu = (cpu_seconds(web.session) - began) * 1000 / max(sum(outcome.statuses.values()), 1)
        other += sum(count for status, count in outcome.statuses.items() if status != 200)
    at = clock.now()
    opened = our_library().opened(at=at.timestamp())
    if opened is None:
        raise RuntimeError("the index cannot be read")
    ready = [(question_of(wanted, at=at), "facets" in params) for wanted, params in zip(criteria, asked, strict=True)]

    def alone(place: int) -> float:
        question, counts = ready[place % len(ready)]
        began = time.perf_counter()
        for reach in Reach:  # until something is found, as the service must
            query = query_of(question, reach=reach)
            if opened.searcher.search(query, PAGE).hits or not question.words:
                break
        if counts:
            opened.searcher.aggregate(query, {"kinds": {"terms": {"field": "subcategory", "size": 200}}})
        return (time.perf_counter() - began) * 1000

    engine, engine_cpu, rounds = {}, 0.0, max(len(ready) * 4, 200)
    for clients in CLIENTS:
        spent = time.process_time()
        with ThreadPoolExecutor(clients) as pool:
            times = sorted(pool.map(alone, range(rounds)))
        if clients == 1:
            engine_cpu = (time.process_time() - spent) * 1000 / rounds
        engine[clients] = (statistics.median(times), times[int(len(times) * 0.95)])
    plain, found = [], 0
    for wanted in criteria[:PLAIN_VARIANTS]:
        began = time.perf_counter()
        found = max(found, catalogue.search(criteria=wanted, at=at).total)
        plain.append((time.perf_counter() - began) * 1000)
    return Line(name, found, service, engine, statistics.median(plain), service_cpu, engine_cpu), other


def _request(params: dict[str, Any]) -> bytes:
    return f"GET /api/v1/offers?{urlencode(params)} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n".encode()


def _criteria(params: dict[str, Any]) -> Any:
    from diptych.culture.domain.catalogue.queries import Criteria

    read: dict[str, Callable[[Any], Any]] = {
        "from_day": date.fromisoformat,
        "to_day": date.fromisoformat,
        "free": bool,
        "duo": bool,
    }
    return Criteria(**{name: read.get(name, lambda value: value)(value) for name, value in params.items() if name != "facets"})


def _update_rate(connection: Any, indexer: Any, count: int) -> float:
    connection.execute(
        "update catalogue_offer set name = name || ' bis' where id in (select id from catalogue_offer order by id limit %s)",
        [count],
    )
    began = time.perf_counter()
    done = indexer.round(at=clock.now())
    return float(done / (time.perf_counter() - began))


def _one_change(connection: Any, indexer: Any) -> float:
    connection.execute("update catalogue_offer set name = 'Zyzzyva' where id = (select min(id) from catalogue_offer)")
    began = time.perf_counter()
    indexer.round(at=clock.now())
    from diptych.culture.domain.catalogue.queries import Criteria
    from diptych.culture.search.answering import search

    if not search(criteria=Criteria(text="zyzzyva"), at=clock.now()).cards:
        raise RuntimeError("a change was not found")
    return time.perf_counter() - began


def _memory_kb(session: int) -> int:
    "The largest resident set among the server's processes."
    return max(int(_status(pid).get("VmHWM", "0 kB").split()[0]) for pid, _ in processes(session))


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
