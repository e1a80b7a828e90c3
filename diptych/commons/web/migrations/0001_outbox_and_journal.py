"""The tables of the outbox and of the journal, as `commons` declares them."""

from django.db import migrations

from diptych.commons import journal, outbox


class Migration(migrations.Migration):
    """Made by SQL: neither has a Django model, since both services and plain Python use them."""

    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL(outbox.SCHEMA, reverse_sql="drop table outbox_receipt; drop table outbox_message;"),
        migrations.RunSQL(
            journal.SCHEMA,
            reverse_sql="drop table journal_entry; drop function journal_chain(); drop function journal_refuse();"
            "drop function journal_digest(bigint, timestamptz, text, text, text, jsonb, bytea);",
        ),
    ]
