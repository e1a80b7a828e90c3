"""Guards of the ledger: movements are only added, and none may overspend a deposit or one of its caps."""

from typing import ClassVar

from django.db import migrations

GUARD = """
create function wallet_never_overspent() returns trigger language plpgsql as $$
declare broken bigint;
begin
    select d.id into broken
    from wallet_deposit d
    cross join lateral (
        select coalesce(sum(m.amount_cents), 0) as balance,
               coalesce(-sum(m.amount_cents) filter (where m.bucket = 'digital'), 0) as digital,
               coalesce(-sum(m.amount_cents) filter (where m.bucket = 'physical'), 0) as physical
        from wallet_movement m where m.deposit_id = d.id
    ) s
    where d.id in (select deposit_id from added where amount_cents < 0)
      and (s.balance < 0 or s.digital > d.digital_cap_cents or s.physical > d.physical_cap_cents)
    limit 1;
    if broken is not null then
        raise exception 'deposit % would be overspent', broken using errcode = 'check_violation', constraint = 'wallet_never_overspent';
    end if;
    return null;
end $$;
create trigger wallet_never_overspent after insert on wallet_movement
    referencing new table as added for each statement execute function wallet_never_overspent();

create function wallet_only_added_to() returns trigger language plpgsql as $$
begin raise exception 'the ledger is only added to' using errcode = 'restrict_violation'; end $$;
create trigger wallet_only_added_to before update or delete on wallet_movement
    for each row execute function wallet_only_added_to();
"""


class Migration(migrations.Migration):
    """Sums are taken after the caller has locked the deposit, so that two bookings at once cannot both pass."""

    dependencies: ClassVar = [("wallet", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(
            GUARD,
            reverse_sql="drop trigger wallet_never_overspent on wallet_movement; drop function wallet_never_overspent();"
            "drop trigger wallet_only_added_to on wallet_movement; drop function wallet_only_added_to();",
        )
    ]
