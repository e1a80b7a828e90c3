"""Who a reader of the school's portal is: a pass that names a school, signed, good for a day.

Stands where the ministry's own sign-in (guide §6.4) will: that one hands over a signed token with the school's UAI too. The service makes the pass
itself (`diptych culture collective school-pass`), so there is no outside system yet and no fake. Names a school, never a teacher.
"""

from datetime import datetime
from typing import Final

from django.core import signing

from diptych.commons.refusal import Kind, Reason, deny

LASTS_SECONDS: Final = 86_400
BAD_PASS = Reason("schools.bad_pass", Kind.FORBIDDEN, "This link is not whole, or is more than a day old: ask for another.")
_SALT: Final = "diptych.school"


def make(*, uai: str, at: datetime) -> str:
    """A pass for a school, made at an instant."""
    return signing.dumps([uai, int(at.timestamp())], salt=_SALT)


def read(text: str, *, at: datetime) -> str:
    """The UAI that a pass names. Refuses one that was not made here, was changed, or is too old."""
    try:
        uai, made_at = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError):
        deny(BAD_PASS)
    if not 0 <= at.timestamp() - made_at <= LASTS_SECONDS:
        deny(BAD_PASS)
    return str(uai)
