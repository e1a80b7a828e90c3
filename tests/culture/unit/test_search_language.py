"""What typed French means, and what a place is worth: pure, an edge a line."""

import numpy as np
import pytest

from diptych.culture.domain.catalogue.rules.subcategories import SearchGroup
from diptych.culture.search import synonyms
from diptych.culture.search.language import MOST_WORDS, asked, folded, words_analyzer
from diptych.culture.search.ranking import (
    NOW,
    RANKINGS,
    Match,
    Signal,
    distance_signal,
    freshness_signal,
    numbers,
    popularity_signal,
    score,
    soon_signal,
    varied,
)

DAY = 86_400


def words(text: str) -> list[str]:
    return [word.text for word in asked(text)]


def test_words_are_folded_and_small_ones_count_only_alone() -> None:
    assert words("La Nuit des ÉTOILES") == ["nuit", "etoiles"]
    assert words("le la les") == ["le", "la", "les"]
    assert words("l'œuvre d’art") == ["oeuvre", "art"]
    assert words("!!! 🎸") == []
    assert len(words("un deux " * 50)) <= MOST_WORDS
    assert folded("  L'Été, à   Sète ! ") == "l ete a sete"


def test_plurals_and_accents_share_a_stem() -> None:
    for one, other in (("étoile", "étoiles"), ("etoile", "ÉTOILES"), ("journal", "journaux"), ("théâtre", "theatres")):
        assert asked(one)[0].stem == asked(other)[0].stem, one


def test_the_last_word_may_go_on_unless_something_follows() -> None:
    assert [word.begins for word in asked("nuit eto")] == [False, True]
    assert [word.begins for word in asked("nuit etoiles ")] == [False, False]
    assert [word.begins for word in asked("nuit de")] == [False], "a small word that is being typed changes nothing"


@pytest.mark.parametrize(("text", "typos"), [("mot", 0), ("mots", 1), ("septles", 1), ("huitlett", 2)])
def test_typos_by_length(text: str, typos: int) -> None:
    assert asked(text)[0].typos == typos


def test_synonyms_are_folded_single_words_and_every_group_has_its_kind() -> None:
    for line in synonyms.SYNONYMS:
        assert len(line) > 1
        assert all(words_analyzer().analyze(word) == [word] for word in line)
    assert set(synonyms.KINDS) == {group.value for group in SearchGroup}
    assert "film" in synonyms.like("cine")
    assert "cine" not in synonyms.like("cine")


def test_signals_lie_between_nothing_and_one() -> None:
    assert distance_signal(numbers(0, 5_000, 10**9)).tolist() == pytest.approx([1, 0.5, 0], abs=1e-4)
    assert freshness_signal(published_at=numbers(0, -30 * DAY, 9 * DAY), at=0).tolist() == [1, 0.5, 1]
    assert soon_signal(next_at=numbers(-5, 7 * DAY, 1 << 40), at=0).tolist() == pytest.approx([1, 0.5, 0], abs=1e-4)
    heat, age, loans = numbers(0, 1023, 1023, 1e9, 0), numbers(0, 0, 30 * DAY, 0, 0), numbers(0, 0, 0, 0, (1 << 14) - 1)
    told = popularity_signal(heat=heat, age=age, loans=loans).tolist()
    assert told[:2] == [0, 1]
    assert 0.89 < told[2] < 0.91, "half the bookings is a tenth less"
    assert told[3:] == [1, 0.5]


def test_the_score_is_the_weighted_sum_and_absent_signals_add_nothing() -> None:
    assert score({Signal.TEXT: numbers(0.5, 1)}, NOW).tolist() == [NOW.weights[Signal.TEXT] / 2, NOW.weights[Signal.TEXT]]
    whole = score({signal: numbers(1) for signal in Signal}, NOW)
    assert whole.tolist() == [pytest.approx(sum(NOW.weights.values()))]


def test_rankings_are_whole_and_numbered() -> None:
    assert [ranking.version for ranking in RANKINGS] == list(range(1, len(RANKINGS) + 1))
    for ranking in RANKINGS:
        assert set(ranking.weights) == set(Signal)
        assert set(ranking.matches) == set(Match)
        assert all(0 < worth <= 1 for worth in ranking.matches.values())
        for better, worse in ((Match.NAME, Match.NAME_STEM), (Match.NAME_STEM, Match.NAME_TYPO), (Match.CREATOR, Match.ABOUT)):
            assert ranking.matches[better] > ranking.matches[worse]


def test_a_page_is_varied_but_keeps_its_results() -> None:
    assert varied([1, 1, 1, 2], [9.0, 8.9, 8.8, 8.7], NOW) == [0, 3, 1, 2]
    assert varied([1, 1, 2], [9.0, 8.5, 1.0], NOW) == [0, 1, 2], "what is far better stays first"
    assert varied([], [], NOW) == []
    drawn = np.random.default_rng(1)
    venues, scores = drawn.integers(0, 4, 24).tolist(), sorted(drawn.random(24).tolist(), reverse=True)
    assert sorted(varied(venues, scores, NOW)) == list(range(24))
