"""The seats of the roll-out, for rules that open to the first who come."""

from typing import ClassVar

from django.db import migrations

from diptych.commons.rollout import models


class Migration(migrations.Migration):
    """Plain SQL, like the tables beside it."""

    dependencies: ClassVar = [("web", "0003_rollout")]
    operations: ClassVar = [migrations.RunSQL(models.SEATS, reverse_sql=models.REVERSE_SEATS)]
