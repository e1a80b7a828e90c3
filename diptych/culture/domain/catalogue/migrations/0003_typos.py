"""Trigrams of creators and of venues' names, so that a typo in either is found without reading every row."""

from typing import ClassVar

from django.db import migrations

TRIGRAMS = """
create index offer_creator_trigrams on catalogue_offer using gin (fold(creator) gin_trgm_ops);
create index venue_name_trigrams on venues_venue using gin (fold(name) gin_trgm_ops);
"""


class Migration(migrations.Migration):
    """Beside those of titles and communes (0002)."""

    dependencies: ClassVar = [("catalogue", "0002_words")]
    operations: ClassVar = [
        migrations.RunSQL(TRIGRAMS, reverse_sql="drop index venue_name_trigrams; drop index offer_creator_trigrams;")
    ]
