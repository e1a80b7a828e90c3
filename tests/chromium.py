"""Debian's Chromium, for the tests that drive a real browser; where it is absent they are skipped, saying what to install.

Holds how it is found and started. Does not hold windows, which each journey opens as its people would.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

MISSING = "the browser tests need Chromium: apt-get install chromium"


@contextmanager
def launched(*more: str) -> Iterator[Browser]:
    """A headless Chromium for the block, with `more` of its switches. Skips the test that asks where there is none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *more])
        yield browser
        browser.close()
