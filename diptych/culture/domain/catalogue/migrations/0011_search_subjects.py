"""The search index holds venues too: what must be read again is an offer, a venue, or (the collective chapter's own triggers) an outing."""

from typing import ClassVar

from django.db import migrations, models

CHANGES = """
create or replace function search_offers_changed() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (subject_id) select id from touched;
    return null;
end $$;
create or replace function search_stocks_changed() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (subject_id) select distinct offer_id from touched;
    return null;
end $$;
create or replace function search_stock_changed() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (subject_id) values (new.offer_id);
    return null;
end $$;
create or replace function search_venue_changed() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (subject_id) select id from catalogue_offer where venue_id = new.id;
    return null;
end $$;
create or replace function search_structure_changed() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (subject_id)
        select o.id from catalogue_offer o join venues_venue v on v.id = o.venue_id where v.structure_id = new.id;
    insert into catalogue_searchchange (subject, subject_id) select 'venue', id from venues_venue where structure_id = new.id;
    return null;
end $$;

create function search_venues_themselves() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (subject, subject_id) select 'venue', id from touched where structure_id is not null;
    return null;
end $$;
create trigger search_venue_itself_made after insert on venues_venue
    referencing new table as touched for each statement execute function search_venues_themselves();
create trigger search_venue_itself_gone after delete on venues_venue
    referencing old table as touched for each statement execute function search_venues_themselves();
create function search_venue_itself() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (subject, subject_id) values ('venue', new.id);
    return null;
end $$;
create trigger search_venue_itself_changed after update on venues_venue for each row when (
    (new.structure_id is not null or old.structure_id is not null) and
    (old.name, old.activity, old.city, old.postcode, old.department, old.commune_id, old.latitude, old.longitude, old.deleted_at,
     old.structure_id, old.accessible_audio, old.accessible_mental, old.accessible_motor, old.accessible_visual)
    is distinct from
    (new.name, new.activity, new.city, new.postcode, new.department, new.commune_id, new.latitude, new.longitude, new.deleted_at,
     new.structure_id, new.accessible_audio, new.accessible_mental, new.accessible_motor, new.accessible_visual)
) execute function search_venue_itself();
"""

BACK = """
drop trigger search_venue_itself_changed on venues_venue; drop function search_venue_itself();
drop trigger search_venue_itself_gone on venues_venue; drop trigger search_venue_itself_made on venues_venue;
drop function search_venues_themselves();
"""


class Migration(migrations.Migration):
    """The columns, then the functions that fill them."""

    dependencies: ClassVar = [("catalogue", "0010_search_changes"), ("venues", "0007_sparse_indexes")]
    operations: ClassVar = [
        migrations.RenameField("searchchange", "offer_id", "subject_id"),
        migrations.AddField(
            model_name="searchchange",
            name="subject",
            field=models.CharField(
                choices=[("offer", "offer"), ("venue", "venue"), ("outing", "outing")], db_default="offer", max_length=6
            ),
        ),
        migrations.RunSQL(CHANGES, reverse_sql=BACK),
    ]
