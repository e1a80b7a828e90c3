"""Debian's Chromium, for the tests that drive a real browser; where it is absent they are skipped, saying what to install.

Holds how it is found and started. Does not hold windows, which each journey opens as its people would.
"""

import shutil

import pytest
from playwright.sync_api import Browser, Playwright

MISSING = "the browser tests need Chromium: apt-get install chromium"


def launch(playwright: Playwright, *more: str) -> Browser:
    """A headless Chromium, with `more` of its switches. Skips the test that asks where there is none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip(MISSING)
    return playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *more])
