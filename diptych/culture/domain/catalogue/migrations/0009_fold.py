"""The folding of texts in PL/pgSQL: half the time of a SQL function that cannot be inlined, as `unaccent` is only stable.

The same result for every text, so that the indexes made with it stand.
"""

from typing import ClassVar

from django.db import migrations

FOLD = """
create or replace function fold(t text) returns text language plpgsql immutable strict parallel safe as
    $$ begin return lower(public.unaccent('public.unaccent'::regdictionary, t)); end $$;
"""
BEFORE = """
create or replace function fold(t text) returns text language sql immutable strict parallel safe as
    $$ select lower(public.unaccent('public.unaccent'::regdictionary, t)) $$;
"""


class Migration(migrations.Migration):
    """Indexes on fold(name) and fold(creator) were 0002 and 0003."""

    dependencies: ClassVar = [("catalogue", "0008_pictures")]
    operations: ClassVar = [migrations.RunSQL(FOLD, reverse_sql=BEFORE)]
