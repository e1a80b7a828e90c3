"""`python -m tests.health.spec`: prints docs/generated/cohort-language.md; with `--check`, exit status 1 if it is not current."""

import sys

from .page import PATH, text

told = text()
if not PATH.exists() or PATH.read_text() != told:
    if "--check" in sys.argv[1:]:
        sys.exit(f"docs/generated/{PATH.name} is not what the code says now. Run: make docs")
    PATH.write_text(told)
    print(f"docs/generated/{PATH.name}")
