"""What the search index must read again: a row for each offer that changes, whoever writes, in the same transaction.

Bookings change a stock all the time: they count only where the last place goes, or comes back.
"""

from typing import ClassVar

from django.db import migrations, models

CHANGES = """
create function search_offers_changed() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (offer_id) select id from touched;
    return null;
end $$;
create trigger search_offer_made after insert on catalogue_offer
    referencing new table as touched for each statement execute function search_offers_changed();
create trigger search_offer_changed after update on catalogue_offer
    referencing new table as touched for each statement execute function search_offers_changed();
create trigger search_offer_gone after delete on catalogue_offer
    referencing old table as touched for each statement execute function search_offers_changed();

create function search_stocks_changed() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (offer_id) select distinct offer_id from touched;
    return null;
end $$;
create trigger search_stock_made after insert on catalogue_stock
    referencing new table as touched for each statement execute function search_stocks_changed();
create trigger search_stock_gone after delete on catalogue_stock
    referencing old table as touched for each statement execute function search_stocks_changed();

create function search_stock_changed() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (offer_id) values (new.offer_id);
    return null;
end $$;
create trigger search_stock_changed after update on catalogue_stock for each row when (
    (old.price_cents, old.quantity, old.starts_at, old.booking_limit_at, old.deleted_at, old.booked >= old.quantity)
    is distinct from
    (new.price_cents, new.quantity, new.starts_at, new.booking_limit_at, new.deleted_at, new.booked >= new.quantity)
) execute function search_stock_changed();

create function search_venue_changed() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (offer_id) select id from catalogue_offer where venue_id = new.id;
    return null;
end $$;
create trigger search_venue_changed after update on venues_venue for each row when (
    (old.name, old.city, old.department, old.commune_id, old.latitude, old.longitude, old.deleted_at, old.structure_id)
    is distinct from
    (new.name, new.city, new.department, new.commune_id, new.latitude, new.longitude, new.deleted_at, new.structure_id)
) execute function search_venue_changed();

create function search_structure_changed() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (offer_id)
        select o.id from catalogue_offer o join venues_venue v on v.id = o.venue_id where v.structure_id = new.id;
    return null;
end $$;
create trigger search_structure_changed after update on venues_structure for each row
    when (old.validation is distinct from new.validation) execute function search_structure_changed();
"""

BACK = """
drop trigger search_structure_changed on venues_structure; drop function search_structure_changed();
drop trigger search_venue_changed on venues_venue; drop function search_venue_changed();
drop trigger search_stock_changed on catalogue_stock; drop function search_stock_changed();
drop trigger search_stock_gone on catalogue_stock; drop trigger search_stock_made on catalogue_stock;
drop function search_stocks_changed();
drop trigger search_offer_gone on catalogue_offer; drop trigger search_offer_changed on catalogue_offer;
drop trigger search_offer_made on catalogue_offer; drop function search_offers_changed();
"""


class Migration(migrations.Migration):
    """The table, then the triggers that fill it."""

    dependencies: ClassVar = [("catalogue", "0009_fold"), ("venues", "0003_indexes")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="SearchChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("offer_id", models.BigIntegerField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("settled_at", None)), fields=["id"], name="search_change_waiting"),
                    models.Index(fields=["settled_at"], name="search_change_settled"),
                ],
            },
        ),
        migrations.RunSQL(CHANGES, reverse_sql=BACK),
    ]
