"""Words of the field officers' pages: stages, kinds of places, where open data has a place from."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .words import Word

from diptych.culture.domain.outreach.terms import Stage
from diptych.culture.domain.venues.terms import ACTIVITY_NAMES, Activity

STAGES: Final[dict[str, Word]] = {
    Stage.TO_MEET: Word(_("to meet")),
    Stage.MET: Word(_("met"), "wait"),
    Stage.SIGNING_UP: Word(_("signing up"), "info"),
    Stage.ACTIVE: Word(_("active"), "good"),
    Stage.ASLEEP: Word(_("asleep"), "bad"),
}

KINDS: Final[dict[str, Promise]] = {one.value: _(name) for one, name in ACTIVITY_NAMES.items() if one is not Activity.DIGITAL}
"""Of places that one can go to."""

SOURCES: Final = {
    "museofile": _("Muséofile, museums of France"),
    "cnc": _("CNC, cinemas"),
    "bibliotheques": _("Ministry of Culture, public libraries"),
    "festivals": _("Ministry of Culture, festivals"),
}
"""Where open data has a place from, for the sources that list kinds of places."""
