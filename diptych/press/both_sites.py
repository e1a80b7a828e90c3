"""Both sites' tables in one Django, for the type checker alone: it knows one settings module. Nothing runs on it."""

from diptych.culture.site.settings import *  # noqa: F403  # the pass, to which the data department's apps are added
from diptych.culture.site.settings import HOME
from diptych.culture.site.settings import INSTALLED_APPS as _PASS
from diptych.health.site.settings import INSTALLED_APPS as _HEALTH

INSTALLED_APPS = [*_PASS, *(app for app in _HEALTH if app not in _PASS)]
STORE = HOME / "store"
