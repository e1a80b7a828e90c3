"""A booking's offer is its stock's own: "one live booking an offer" would mean nothing otherwise."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """A composite foreign key, which Django's models cannot say."""

    dependencies: ClassVar = [("bookings", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(
            "alter table bookings_booking add constraint booking_stock_with_its_offer"
            " foreign key (stock_id, offer_id) references catalogue_stock (id, offer_id);",
            reverse_sql="alter table bookings_booking drop constraint booking_stock_with_its_offer;",
        )
    ]
