"""All sites' tables in one Django, for the type checker alone: it knows one settings module. Nothing runs on it."""

from diptych.culture.site.settings import *  # noqa: F403  # the pass, to which the data department's and the locked room's apps are added
from diptych.culture.site.settings import HOME
from diptych.culture.site.settings import INSTALLED_APPS as _PASS
from diptych.health.room.settings import INSTALLED_APPS as _ROOM
from diptych.health.site.settings import INSTALLED_APPS as _HEALTH

INSTALLED_APPS = [*_PASS, *dict.fromkeys(app for app in (*_HEALTH, *_ROOM) if app not in _PASS)]
STORE, ROOM_HOME, ROOM_KEYS = HOME / "store", HOME / "room", HOME / "room.keys"
