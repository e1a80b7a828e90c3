"""The WSGI entry that Granian serves. The locked room is shut out of the process first; the store is read beside, while the first
person signs in."""

import os
from threading import Thread

from diptych.health.site import walled

walled.shut()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diptych.health.site.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402  # the wall stands before anything else is imported

application = get_wsgi_application()

from diptych.health.warehouse.research.portal.desk import warm  # noqa: E402  # needs Django, which the line above readied

Thread(target=warm, daemon=True).start()
