"""Covers: the picture of an offer whose venue gave none, drawn from the offer's seed.

Holds the drawing (three circles, a triangle, a pill, five palettes) and the view that serves it.
Does not hold pictures that venues give.
"""

from random import Random
from typing import Final, NamedTuple

from django.http import HttpRequest, HttpResponse

from diptych.commons.web.doors import VISITOR, door


class Palette(NamedTuple):
    """The ground, then the colours of the circles, the triangle and the pill."""

    ground: str
    circles: tuple[str, str, str]
    triangle: str
    pill: str


PALETTES: Final[tuple[Palette, ...]] = (
    Palette("#bdf0d5", ("#ffcb47", "#0f7044", "#ffcb47"), "#0f7044", "#ffcb47"),
    Palette("#bdf0d5", ("#1d1533", "#5a2be0", "#1d1533"), "#1d1533", "#5a2be0"),
    Palette("#ffe1b8", ("#1d1533", "#c2410c", "#ffcb47"), "#c2410c", "#1d1533"),
    Palette("#ffcb47", ("#ffd3da", "#5a2be0", "#5a2be0"), "#5a2be0", "#ffd3da"),
    Palette("#fff1e6", ("#ffd3da", "#a3161e", "#ffcb47"), "#a3161e", "#ffd3da"),
)

WIDTH: Final = 160
HEIGHT: Final = 192
_YEAR: Final = 365 * 24 * 3600


def cover(seed: int, *, css_class: str = "cover") -> str:
    """The cover of `seed`, as SVG text: decorative (hidden from screen readers), the same for the same seed.

    Fills whatever box it is given, cropped from the middle. Carries no inline style, which the CSP forbids.
    """
    chance = Random(seed)  # noqa: S311  # a drawing, not a secret

    def among(low: int, high: int) -> int:
        # Only .random() is promised to give the same numbers in each Python version.
        return low + int(chance.random() * (high - low + 1))

    palette = PALETTES[among(0, len(PALETTES) - 1)]
    first, second, third = palette.circles
    left = among(0, 1)
    big_x, far_x = (among(10, 45), among(115, 150)) if left else (among(115, 150), among(10, 45))
    foot = among(-5, 25) if left else among(60, 85)
    pill_x = among(98, 122) if left else among(14, 38)
    shapes = (
        f'<circle cx="{big_x}" cy="{among(40, 88)}" r="{among(55, 82)}" fill="{first}"/>'
        f'<circle cx="{far_x}" cy="{among(20, 78)}" r="{among(36, 62)}" fill="{second}"/>'
        f'<circle cx="{among(60, 100)}" cy="{among(165, 205)}" r="{among(30, 52)}" fill="{third}"/>'
        f'<path d="M{foot} {HEIGHT}l{among(36, 50)}-{among(88, 118)}l{among(36, 50)} 120z" fill="{palette.triangle}"/>'
        f'<rect x="{pill_x}" y="{among(84, 108)}" width="36" height="120" rx="18" fill="{palette.pill}"/>'
    )
    return (
        f'<svg class="{css_class}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{palette.ground}"/>{shapes}</svg>'
    )


@door(VISITOR)
def cover_svg(request: HttpRequest, seed: int) -> HttpResponse:
    """Serve the cover of a seed. It never changes, so caches keep it a year."""
    response = HttpResponse(cover(seed), content_type="image/svg+xml")
    response["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response
