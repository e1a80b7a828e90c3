"""Judged queries: how a file of them is read, and what an order is worth."""

import math
from pathlib import Path

import pytest

from diptych.commons.refusal import Refused
from diptych.culture.search.judging import BAD_JUDGEMENT, Half, digest_of, judge, ndcg, read

HEAD = "half,query,digest,grade"
FIRST, SECOND, THIRD = (digest_of(key) for key in ("s:1", "s:2", "s:3"))
FILE = Path(__file__).parents[3] / "examples/judged_searches.csv"


def test_an_order_is_worth_the_share_of_the_best_one() -> None:
    grades = {"a": 3, "b": 1}
    assert ndcg(["a", "b"], grades) == 1
    assert ndcg([], grades) == 0
    assert ndcg(["x", "a"], {"a": 3}) == pytest.approx(1 / math.log2(3))
    assert ndcg(["b", "a"], grades) == pytest.approx((1 + 7 / math.log2(3)) / (7 + 1 / math.log2(3)))
    assert ndcg([*"xxxxxxxxxx", "a"], grades) == 0, "the eleventh is not seen"
    assert ndcg(["a"], {}) == 0


def test_a_file_is_read_and_judged_by_halves() -> None:
    judged = read([HEAD, f"tune,nuit,{FIRST},3", f"tune,nuit,{SECOND},1", f"score,jour,{THIRD},2"])
    assert [(one.half, one.query, dict(one.grades)) for one in judged] == [
        (Half.TUNE, "nuit", {FIRST: 3, SECOND: 1}),
        (Half.SCORE, "jour", {THIRD: 2}),
    ]
    tune, score = judge(judged, ask=lambda query: ["s:1", "s:2"] if query == "nuit" else ["", "s:3"])
    assert (tune.half, tune.queries, tune.mean, tune.short) == (Half.TUNE, 1, 1, ())
    assert score.mean == pytest.approx(0.6309)
    assert score.short == (("jour", 0.6309),)
    assert [one.half for one in judge(judged[1:], ask=lambda query: [])] == [Half.SCORE]


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ([], 1), (["a,b"], 1), ([HEAD, "tune,nuit,s:1"], 2), ([HEAD, "tune,nuit,s:1,3", "guess,nuit,s:2,3"], 3), ([HEAD, "tune, ,s:1,3"], 2),
        ([HEAD, "tune,nuit,,3"], 2), ([HEAD, "tune,nuit,s:1,4"], 2), ([HEAD, "tune,nuit,s:1,x"], 2), ([HEAD, "tune,nuit,s:1,3", "tune,nuit,s:1,2"], 3),
        ([HEAD, "tune,nuit,s:1,3", "score,nuit,s:2,2"], 3), ([HEAD, ""], 2),
    ],
)  # fmt: skip
def test_a_line_that_is_not_sound_is_refused_by_its_number(lines: list[str], line: int) -> None:
    with pytest.raises(Refused) as refused:
        read(lines)
    assert refused.value.code == BAD_JUDGEMENT.code
    assert refused.value.refusal.facts == {"line": line}


def test_the_judgements_of_this_house_are_a_hundred_and_more_half_of_them_for_scoring_only() -> None:
    with FILE.open(encoding="utf-8", newline="") as lines:
        judged = read(lines)
    halves = [one.half for one in judged]
    assert len(judged) >= 100
    assert abs(halves.count(Half.TUNE) - halves.count(Half.SCORE)) <= 1
    assert all(max(one.grades.values()) == 3 for one in judged), "each has something that was meant"
