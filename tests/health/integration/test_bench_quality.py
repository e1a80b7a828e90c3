"""`diptych health bench quality`: it draws the rows that it says, and every check is asked of them."""

import json
from pathlib import Path

from .conftest import Diptych


def test_the_bench_checks_the_rows_that_it_draws(diptych: Diptych, tmp_path: Path) -> None:
    (tmp_path / "OMOP_CDMv5.4_Concept_Level.csv").write_text(
        "cdmTableName,cdmFieldName,conceptId,conceptName,unitConceptId,plausibleValueLow\nMEASUREMENT,MEASUREMENT_CONCEPT_ID,3000963,Hb,8840,20\n"
    )
    status, out, _ = diptych(
        "health", "bench", "quality", "--rows", 10_000, "--checks", tmp_path, "--scratch", tmp_path, "--json"
    )
    said = json.loads(out)
    assert status == 0
    assert 10_000 <= said["rows"] < 70_000
    assert said["checks"] == said["holds"] + said["fail"] + said["not_applicable"]
    assert (said["error"], said["columns"] > 80) == (0, True)
    assert [path.name for path in tmp_path.iterdir()] == ["OMOP_CDMv5.4_Concept_Level.csv"]
    assert "duckdb_seconds" in diptych("health", "bench", "quality", "--rows", 1000)[1]
