"""Every setting is documented, and read somewhere."""

import re

import pytest

from .tree import PACKAGE, ROOT

from diptych.commons.settings import SETTINGS

NAMES = [setting.name for setting in SETTINGS]


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_is_documented_and_read(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs" / "generated" / "settings.md").read_text()
    readers = [path for path in PACKAGE.rglob("*.py") if path.name != "settings.py" or "site" in path.parts]
    assert any(f'"{name}"' in path.read_text() for path in readers), f"{name} is read nowhere"


def test_the_environment_is_read_in_one_place() -> None:
    asked = re.compile(r"""os\.(?:environ\.get\(|environ\[|getenv\()\s*["'](DIPTYCH_\w+|DATABASE_URL|PG_BIN)["'](?!\]\s*=)""")
    readers = {
        path.relative_to(ROOT).as_posix(): asked.findall(path.read_text())
        for path in PACKAGE.rglob("*.py")
        if asked.search(path.read_text())
    }
    assert readers == {}
