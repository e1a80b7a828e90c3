"""The peer of the benches: a definition that it fails on leaves nothing that makes it fail on the next."""

import duckdb
import pytest

from diptych.health.commands.bench.peer import Peer, installed


@pytest.mark.skipif(not installed(), reason="the dependency group `bench` is not installed")
def test_a_definition_that_fails_is_the_only_one() -> None:
    peer, made = Peer(duckdb.connect()), "CREATE TEMP TABLE Codesets AS SELECT 1 AS concept_id"
    with pytest.raises(duckdb.Error, match="nowhere"):
        peer.rows([made, "FROM nowhere"], 1)
    assert peer.rows([made, "INSERT INTO cohort VALUES (2, 7, DATE '2020-01-01', DATE '2020-01-02')"], 2)[0] != []
