"""`diptych health bench notes`: scores add up on a small annotated file; on the official one, the targets are reached."""

import json
from pathlib import Path

import pytest

from .conftest import Diptych

from diptych.health.commands.bench.notes import NAMES_AND_DATES, Part, annotated, scored

FILE = """Vue par le Dr [Odile](PRENOM) [Kervella](NOM) le [12/04/2020](DATE).

Le patient habite [quelque part dans la montagne](ADDRESSE), Hb 12.4 g/dl.

[Tremeur](NOM) [Solenn](PRENOM) née le [03/02/1961](DATE_NAISSANCE)
"""


def test_scores_of_a_small_file(diptych: Diptych, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(FILE)
    notes = annotated(path)
    assert [note.text for note in notes][1] == "Le patient habite quelque part dans la montagne, Hb 12.4 g/dl."
    totals = {part: scored(path, part=part) for part in Part}
    assert sum(sum(scores["nothing known"].spans.values()) for scores in totals.values()) == 7
    left = [kind for scores in totals.values() for kind in scores["nothing known"].leaks]
    assert left == ["ADRESSE, whole, small letters"]
    assert [kind for scores in totals.values() for kind in scores["all known"].leaks] == []
    for part in Part:
        status, out, _ = diptych("health", "bench", "notes", path, "--part", part, "--seconds", 0, "--json")
        said = json.loads(out)
        assert status == 0
        assert said["scores"]["nothing known"]["spans"] == sum(totals[part]["nothing known"].spans.values())
        assert said["speed"]["notes"]["a_second"] > 0


def test_a_part_that_is_none(diptych: Diptych, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(FILE)
    assert diptych("health", "bench", "notes", path, "--part", "all")[0] == 2


def test_no_word_of_a_note_is_printed(diptych: Diptych, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(FILE)
    for part in Part:
        _, said, _ = diptych("health", "bench", "notes", path, "--part", part, "--seconds", 0)
        assert not any(word in said for word in ("Kervella", "montagne", "Tremeur", "1961"))


@pytest.mark.real_data
@pytest.mark.parametrize("part", Part)
def test_the_targets_on_the_annotated_notes(real_data: Path, part: Part) -> None:
    """Issue 6: overall recall at least 0.98 with the identifiers known, 0.95 on names and dates without."""
    scores = scored(real_data / "hospital_sources" / "annotated_french_notes" / "templates.txt", part=part)
    assert scores["all known"].recall() >= 0.98
    assert scores["nothing known"].recall(NAMES_AND_DATES) >= 0.95
    assert scores["half known"].recall() >= scores["nothing known"].recall()
