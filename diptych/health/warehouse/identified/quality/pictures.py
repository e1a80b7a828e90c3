"""The report's pictures, as SVG within the page: shares, months with their step, releases.

Each says in words what it shows (`aria-label`); colours are the page's tokens. Holds drawing only.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

WIDE, HIGH = 240, 44
"""The size of the picture of a series, in its own units."""


def share(percent: float, threshold: float) -> str:
    """A bar of a share in percent, with the threshold as a line across it."""
    mark = f'<path class="mark" d="M{threshold:.2f} 0V8"/>' if 0 < threshold < 100 else ""
    length = min(100.0, max(1.0, percent))
    return (
        '<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="rest" width="100" height="8"/><rect class="bad" width="{length:.2f}" height="8"/>{mark}</svg>'
    )


def parts(counts: Sequence[tuple[str, int]], label: str) -> str:
    """Counts beside one another as parts of a whole; each with a class of its own."""
    total = sum(many for _, many in counts) or 1
    at, drawn = 0.0, []
    for name, many in counts:
        length = 100 * many / total
        drawn.append(f'<rect class="{name}" x="{at:.2f}" width="{length:.2f}" height="8"/>')
        at += length
    return f'<svg class="parts" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{escape(label)}">{"".join(drawn)}</svg>'


def months(series: dict[str, Any], label: str) -> str:
    """Completeness by month as an area, and the step fitted to it as a line."""
    given = series["months"]
    most = max((found for _, _, found in given), default=0) or 1
    c = [found / most if series["what"] == "visit" else (found / visits if visits else 0.0) for _, visits, found in given]
    across = WIDE / max(1, len(c))
    line = " ".join(f"{n * across:.1f},{_down(value)} {(n + 1) * across:.1f},{_down(value)}" for n, value in enumerate(c))
    fitted = series["step"]
    step = ""
    if fitted:
        at = next(n for n, (month, _, _) in enumerate(given) if month == fitted["since"]) * across
        step = f'<path class="step" d="M0 {HIGH - 2}H{at:.1f}V{_down(fitted["level"])}H{WIDE}"/>'
    return (
        f'<svg class="months" viewBox="0 0 {WIDE} {HIGH}" preserveAspectRatio="none" role="img" aria-label="{escape(label)}">'
        f'<polygon points="0,{HIGH} {line} {WIDE},{HIGH}"/>{step}</svg>'
    )


def _down(value: float) -> str:
    return f"{HIGH - 2 - (HIGH - 4) * min(1.0, value):.1f}"


def releases(history: Sequence[dict[str, Any]], label: str) -> str:
    """A column a release: fatal failures below, the others above."""
    most = max((sum(one["failed"].values()) for one in history), default=0) or 1
    across, drawn = 24, []
    for n, one in enumerate(history):
        below = 0.0
        for name in ("fatal", "convention", "characterization"):
            tall = 90 * one["failed"][name] / most
            drawn.append(
                f'<rect class="{name}" x="{n * across + 3}" y="{96 - below - tall:.1f}" width="18" height="{tall:.1f}"/>'
            )
            below += tall
    wide = max(1, len(history)) * across
    return (
        f'<svg class="releases" viewBox="0 0 {wide} 98" style="inline-size:{wide * 2}px" role="img" aria-label="{escape(label)}">'
        f'<path class="base" d="M0 97H{wide}"/>{"".join(drawn)}</svg>'
    )
