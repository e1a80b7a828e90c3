"""The WSGI entry that Granian serves. The store is read beside, while the first person signs in."""

import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diptych.health.site.settings")
application = get_wsgi_application()

from diptych.health.warehouse.research.portal.desk import warm  # noqa: E402  # needs Django, which the line above readied

Thread(target=warm, daemon=True).start()
