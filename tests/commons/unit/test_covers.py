"""Drawn covers: the same for a seed, different between seeds, safe under the CSP."""

from xml.etree import ElementTree

from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from diptych.commons.web.covers import PALETTES, cover, cover_svg

SVG = "{http://www.w3.org/2000/svg}"


@given(st.integers(min_value=0, max_value=2**62))
def test_a_cover_is_three_circles_a_triangle_and_a_pill_and_always_the_same(seed: int) -> None:
    drawn = cover(seed)
    root = ElementTree.fromstring(drawn)
    assert [child.tag.removeprefix(SVG) for child in root] == ["rect", "circle", "circle", "circle", "path", "rect"]
    assert drawn == cover(seed)
    assert "style" not in drawn
    assert root.get("aria-hidden") == "true"


def test_covers_do_not_change_from_one_version_to_the_next() -> None:
    assert '<rect width="160" height="192" fill="#fff1e6"/>' in cover(0)


def test_every_palette_is_drawn_and_neighbours_differ() -> None:
    drawn = [cover(seed) for seed in range(200)]
    assert all(any(f'height="192" fill="{palette.ground}"' in one for one in drawn) for palette in PALETTES)
    assert len(set(drawn)) == 200


def test_a_cover_is_served_for_a_year() -> None:
    response = cover_svg(RequestFactory().get("/couvertures/7.svg"), seed=7)
    assert response["Content-Type"] == "image/svg+xml"
    assert "immutable" in response["Cache-Control"]
