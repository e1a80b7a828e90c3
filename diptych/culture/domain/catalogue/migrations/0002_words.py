"""French text search: accents folded, words stemmed, typos found by trigrams. The words follow the offer and its venue."""

from typing import ClassVar

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

WORDS = """
create text search configuration diptych_french (copy = french);
alter text search configuration diptych_french
    alter mapping for hword, hword_part, word with unaccent, french_stem;

create function fold(t text) returns text language sql immutable strict parallel safe as
    $$ select lower(public.unaccent('public.unaccent'::regdictionary, t)) $$;

create index offer_name_trigrams on catalogue_offer using gin (fold(name) gin_trgm_ops);
create index commune_name_trigrams on venues_commune using gin (fold(name) gin_trgm_ops);

create function offer_words() returns trigger language plpgsql as $$
begin
    new.words := (
        select setweight(to_tsvector('diptych_french', new.name), 'A')
            || setweight(to_tsvector('diptych_french', new.creator), 'B')
            || setweight(to_tsvector('diptych_french', v.name || ' ' || v.city), 'C')
            || setweight(to_tsvector('diptych_french', left(new.description, 4000)), 'D')
        from venues_venue v where v.id = new.venue_id);
    return new;
end $$;
create trigger offer_words before insert or update of name, creator, description, venue_id on catalogue_offer
    for each row execute function offer_words();

create function venue_words() returns trigger language plpgsql as $$
begin
    update catalogue_offer set name = name where venue_id = new.id;
    return null;
end $$;
create trigger venue_words after update on venues_venue for each row
    when (old.name is distinct from new.name or old.city is distinct from new.city) execute function venue_words();
"""


class Migration(migrations.Migration):
    """Both extensions are trusted: the database's owner may create them."""

    dependencies: ClassVar = [("catalogue", "0001_initial"), ("venues", "0001_initial")]
    operations: ClassVar = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(
            WORDS,
            reverse_sql="drop trigger venue_words on venues_venue; drop function venue_words();"
            "drop trigger offer_words on catalogue_offer; drop function offer_words();"
            "drop index commune_name_trigrams; drop index offer_name_trigrams; drop function fold(text);"
            "drop text search configuration diptych_french;",
        ),
    ]
