"""A generated world: the same from the same seed, consistent, and skewed as real ones are."""

from pathlib import Path

import duckdb

from diptych.health.warehouse.generated.world import generate
from diptych.health.warehouse.research.index.store import load
from tests.health.worlds import AT


def test_the_same_seed_gives_the_same_world(tmp_path: Path) -> None:
    rows = [generate(persons=200, out=tmp_path / name, seed=seed) for name, seed in (("a", 3), ("b", 3), ("c", 4))]
    assert rows[0] == rows[1] != rows[2]
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_it_is_consistent_and_skewed(tmp_path: Path) -> None:
    rows = generate(persons=3_000, out=tmp_path / "world")
    done = load(source=tmp_path / "world", store=tmp_path / "store", strict=True, at=AT)
    assert done.findings == ()
    events = sum(
        rows[name] for name in rows if name.endswith(("occurrence", "exposure")) or name in {"measurement", "observation"}
    )
    assert 80 <= events / 3_000 <= 130
    outside, few, codes = duckdb.execute(
        "SELECT count(*) FILTER (condition_start_date NOT BETWEEN visit_start_date AND visit_end_date OR c.person_id <> v.person_id), "
        f"count(*) FILTER (condition_concept_id < 100000010) / count(*), count(DISTINCT condition_concept_id) "
        f"FROM '{tmp_path}/world/condition_occurrence.parquet' c JOIN '{tmp_path}/world/visit_occurrence.parquet' v USING (visit_occurrence_id)"
    ).fetchone() or (1, 0, 0)
    assert outside == 0
    assert 0.2 < few < 0.4, "ten codes of nine thousand are a quarter of the events"
    assert codes > 2_000
