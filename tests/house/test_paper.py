"""What is written down is true: generated pages, translations, templates, the README's commands."""

import re

import pytest

from .tree import PACKAGE, ROOT

from diptych.press import messages, pages

OVERRIDES = (
    "403.html",
    "403_csrf.html",
    "404.html",
    "429.html",
    "500.html",
    "django/forms/",
    "account/",
    "mfa/",
    "socialaccount/",
    "wagtailadmin/",
    "allauth/",
)
"""Templates that Django, allauth and Wagtail look for by name."""


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.name)
def test_a_generated_page_is_current(page: pages.Page) -> None:
    assert page.is_current(), "run: make docs"


def test_every_sentence_has_its_french() -> None:
    assert messages.faults() == []


def test_no_template_writes_the_day_of_a_month_by_itself() -> None:
    """French says « 1er décembre », which Django's own filter does not: `plain_day`, `{% day %}` and `{% when %}` do."""
    by_itself = re.compile(r"""\|date:["'][^"']*j|\{% now ["'][^"']*j""")
    assert [path.name for path in sorted(PACKAGE.rglob("templates/**/*.html")) if by_itself.search(path.read_text())] == []


def test_no_template_is_unused() -> None:
    sources = [path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".html"} and "migrations" not in path.parts]
    texts = {path: path.read_text() for path in sources}
    unused = []
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        name = path.as_posix().rpartition("/templates/")[2]
        stem = name.rpartition("/")[2].removesuffix(".html")
        # Named whole, or by its last word where a tag or a view composes the name (`ui/{name}.html`).
        quoted = re.compile(rf"""["'/]{re.escape(stem)}(\.html)?["'\s]|def {re.escape(stem)}\b""")
        if not name.startswith(OVERRIDES) and not any(
            name in text or quoted.search(text) for at, text in texts.items() if at != path
        ):
            unused.append(name)
    assert unused == []


def test_the_readme_tells_commands_that_exist() -> None:
    text = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= targets
    told = (ROOT / "docs" / "generated" / "commands.md").read_text()
    verbs = re.findall(r"`(?:\.venv/bin/)?(diptych(?: [a-z][a-z-]*)+)", text)
    assert [verb for verb in verbs if f"# {verb}\n" not in told] == []
