"""Names of places: a list is folded as each of its names would be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diptych.culture.domain.venues.rules import fold, fold_list

NAMES = (
    "L'Haÿ-les-Roses",
    "ST MALO CEDEX 2",
    "Ste-Mère Sts",
    "Œuilly",
    "L’Île-d’Yeu",
    "cedex",
    "Stes",
    "",
    "  à -- b ",
    "Est st",
)


def folded(names):
    text = fold_list("\x1e" + "\x1f".join(names) + "\x1e")
    assert (text[0], text[-1]) == ("\x1e", "\x1e")
    return text[1:-1].split("\x1f")


@pytest.mark.parametrize("name", NAMES)
def test_each_name_of_a_list_is_folded_as_it_would_be_alone(name):
    assert folded(["Rennes", name, "Brest"]) == ["rennes", fold(name), "brest"]


@given(st.lists(st.text(st.characters(exclude_characters="\x1e\x1f") | st.sampled_from("st é'-"), max_size=20), min_size=1))
def test_no_text_is_folded_otherwise_in_a_list(names):
    assert folded(names) == [fold(name) for name in names]
