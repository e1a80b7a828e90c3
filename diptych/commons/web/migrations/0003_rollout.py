"""The tables of the roll-out, as `commons` declares them."""

from typing import ClassVar

from django.db import migrations

from diptych.commons.rollout import models


class Migration(migrations.Migration):
    """Plain SQL, like the outbox: both services use it."""

    dependencies: ClassVar = [("web", "0002_bearer_refresh")]
    operations: ClassVar = [migrations.RunSQL(models.SCHEMA, reverse_sql=models.REVERSE)]
