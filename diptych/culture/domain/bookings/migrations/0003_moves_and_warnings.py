"""What holders were told: when their event is, and that their booking expires soon."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns; earlier bookings are taken as told of their stock's present date."""

    dependencies: ClassVar = [("bookings", "0002_stock_with_its_offer")]
    operations: ClassVar = [
        migrations.AddField("booking", "event_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("booking", "warned_days", models.SmallIntegerField(blank=True, null=True)),
        migrations.RunSQL(
            "update bookings_booking b set event_at = s.starts_at from catalogue_stock s"
            " where s.id = b.stock_id and s.starts_at is not null;",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
