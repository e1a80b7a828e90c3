"""Outings are found by the search index: it hears of each that changes, of its booking, its venue and its structure."""

from typing import ClassVar

from django.db import migrations

CHANGES = """
create function search_outings_changed() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (subject, subject_id) select 'outing', id from touched;
    return null;
end $$;
create trigger search_outing_made after insert on collective_collectiveoffer
    referencing new table as touched for each statement execute function search_outings_changed();
create trigger search_outing_changed after update on collective_collectiveoffer
    referencing new table as touched for each statement execute function search_outings_changed();
create trigger search_outing_gone after delete on collective_collectiveoffer
    referencing old table as touched for each statement execute function search_outings_changed();

create function search_outing_bookings_changed() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (subject, subject_id) select distinct 'outing', offer_id from touched;
    return null;
end $$;
create trigger search_outing_booked after insert on collective_collectivebooking
    referencing new table as touched for each statement execute function search_outing_bookings_changed();
create trigger search_outing_unbooked after delete on collective_collectivebooking
    referencing old table as touched for each statement execute function search_outing_bookings_changed();

create function search_outings_of_venue() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (subject, subject_id)
        select 'outing', id from collective_collectiveoffer where venue_id = new.id;
    return null;
end $$;
create trigger search_outing_venue_changed after update on venues_venue for each row when (
    (old.name, old.city, old.department, old.commune_id, old.latitude, old.longitude, old.deleted_at, old.structure_id)
    is distinct from
    (new.name, new.city, new.department, new.commune_id, new.latitude, new.longitude, new.deleted_at, new.structure_id)
) execute function search_outings_of_venue();

create function search_outings_of_structure() returns trigger language plpgsql as $$
begin
    insert into catalogue_searchchange (subject, subject_id)
        select 'outing', o.id from collective_collectiveoffer o join venues_venue v on v.id = o.venue_id
        where v.structure_id = new.id;
    return null;
end $$;
create trigger search_outing_structure_changed after update on venues_structure for each row
    when (old.validation is distinct from new.validation) execute function search_outings_of_structure();
"""

BACK = """
drop trigger search_outing_structure_changed on venues_structure; drop function search_outings_of_structure();
drop trigger search_outing_venue_changed on venues_venue; drop function search_outings_of_venue();
drop trigger search_outing_unbooked on collective_collectivebooking;
drop trigger search_outing_booked on collective_collectivebooking; drop function search_outing_bookings_changed();
drop trigger search_outing_gone on collective_collectiveoffer; drop trigger search_outing_changed on collective_collectiveoffer;
drop trigger search_outing_made on collective_collectiveoffer; drop function search_outings_changed();
"""


class Migration(migrations.Migration):
    """Triggers alone. A booking counts once it is there: its status moves nothing that is found."""

    dependencies: ClassVar = [("collective", "0003_review"), ("catalogue", "0011_search_subjects")]
    operations: ClassVar = [migrations.RunSQL(CHANGES, reverse_sql=BACK)]
