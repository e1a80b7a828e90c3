"""How much Hypothesis draws: the profiles, and the one way for a test to ask for fewer or more than usual.

The profile is that of HYPOTHESIS_PROFILE; without it, `pinned` where CI is set, else `local`.
"""

import os
from collections.abc import Mapping
from typing import Any, Final

PROFILES: Final[dict[str, dict[str, Any]]] = {
    # No deadline anywhere: machines are shared, and a slow example is not a wrong one.
    "local": {"deadline": None, "print_blob": True},
    # The same examples on every run: a red CI is about the change, and a green one can be had again.
    "pinned": {"deadline": None, "print_blob": True, "derandomize": True, "database": None},
    # For nights: new examples, many of them.
    "thorough": {"deadline": None, "print_blob": True, "max_examples": 2_000, "derandomize": False},
}
TIMES_THOROUGH: Final = 20


def profile(environ: Mapping[str, str]) -> str:
    """The profile's name. Raises ValueError for a name that is none: a night under a typing error would prove nothing."""
    name = environ.get("HYPOTHESIS_PROFILE") or ("pinned" if environ.get("CI") else "local")
    if name not in PROFILES:
        raise ValueError(f"HYPOTHESIS_PROFILE={name}: there are {', '.join(PROFILES)}")
    return name


def examples(number: int) -> int:
    """The `max_examples` of a test whose examples are dear: `number`, and twenty times as many when thorough."""
    return number * TIMES_THOROUGH if profile(os.environ) == "thorough" else number
