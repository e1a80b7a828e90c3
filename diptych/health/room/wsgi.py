"""The WSGI entry that Granian serves, as the locked room's user."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diptych.health.room.settings")
application = get_wsgi_application()
