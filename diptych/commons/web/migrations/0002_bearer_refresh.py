"""Refresh tokens of programs, kept as hashes. The person's id carries no foreign key: each service has its own people."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """Plain SQL, like the outbox: both services use it."""

    dependencies: ClassVar = [("web", "0001_outbox_and_journal")]
    operations: ClassVar = [
        migrations.RunSQL(
            """
            create table bearer_refresh (
                digest     text primary key,
                family     text not null,
                person_id  bigint not null,
                audience   text not null,
                issued_at  timestamptz not null,
                expires_at timestamptz not null,
                spent_at   timestamptz
            );
            create index bearer_refresh_family on bearer_refresh (family);
            create index bearer_refresh_person on bearer_refresh (person_id);
            """,
            reverse_sql="drop table bearer_refresh;",
        )
    ]
