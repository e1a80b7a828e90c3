"""The ledger in double entry: each movement names the account debited and the account credited, for a sum above zero.

Earlier movements are told anew, sum for sum; a view shows each as its two lines; the guards are made again on them.
"""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import diptych.culture.domain.wallet.terms

UNGUARD = """
drop trigger wallet_never_overspent on wallet_movement;
drop trigger wallet_only_added_to on wallet_movement;
"""

TELL_ANEW = """
update wallet_movement set
    amount_cents = abs(amount_cents),
    debited = case kind when 'Booking' then 'deposit' when 'Cancellation' then 'booking' else 'state' end,
    debited_deposit_id = case kind when 'Booking' then deposit_id end,
    credited = case kind when 'Booking' then 'booking' else 'deposit' end,
    credited_deposit_id = case kind when 'Booking' then null else deposit_id end;
"""

GUARD = """
create view wallet_line as
    select id as movement_id, at, kind, bucket, reference, booking_id, debited as account, debited_deposit_id as deposit_id,
        -amount_cents as amount_cents
    from wallet_movement
    union all
    select id, at, kind, bucket, reference, booking_id, credited, credited_deposit_id, amount_cents from wallet_movement;
comment on view wallet_line is 'Each movement of the ledger as its two lines: the debit below zero, the credit above.';

-- Without scans of whole tables: a plan made while they were empty, or not yet analysed, stays a look-up by number.
create or replace function wallet_never_overspent() returns trigger language plpgsql set enable_seqscan = off as $$
declare broken bigint;
begin
    -- The deposits are locked here too, whatever the caller has locked: two who spend at once never both pass.
    perform from wallet_deposit where id in (select debited_deposit_id from added where debited_deposit_id is not null)
        order by id for no key update;
    select d.id into broken
    from wallet_deposit d
    cross join lateral (
        select coalesce(sum(l.amount_cents), 0) as balance,
               coalesce(-sum(l.amount_cents) filter (where l.bucket = 'digital'), 0) as digital,
               coalesce(-sum(l.amount_cents) filter (where l.bucket = 'physical'), 0) as physical
        from wallet_line l where l.deposit_id = d.id
    ) s
    where d.id in (select debited_deposit_id from added)
      and (s.balance < 0
        -- A booking that moves in from an older deposit may exceed the new cap: then nothing more is booked in it.
        or (s.digital > d.digital_cap_cents and exists
            (select from added a where a.debited_deposit_id = d.id and a.kind = 'Booking' and a.bucket = 'digital'))
        or (s.physical > d.physical_cap_cents and exists
            (select from added a where a.debited_deposit_id = d.id and a.kind = 'Booking' and a.bucket = 'physical')))
    limit 1;
    if broken is not null then
        raise exception 'deposit % would be overspent', broken using errcode = 'check_violation', constraint = 'wallet_never_overspent';
    end if;
    if exists (select from added where debited = 'booking') then
        select a.booking_id into broken from added a
        cross join lateral (
            select sum(case m.credited when 'booking' then m.amount_cents else -m.amount_cents end) as balance
            from wallet_movement m where m.booking_id = a.booking_id
        ) s
        where a.debited = 'booking' and s.balance < 0 limit 1;
        if broken is not null then
            raise exception 'booking % would give back more than it cost', broken
                using errcode = 'check_violation', constraint = 'wallet_booking_given_back_once';
        end if;
    end if;
    if exists (select from added where debited = 'state') then
        select a.id into broken from added a
        cross join lateral (
            select m.id from wallet_deposit d
            join wallet_deposit o on o.person_id = d.person_id
            join wallet_movement m on m.credited_deposit_id = o.id and m.kind = a.kind and m.id <> a.id
            where d.id = a.credited_deposit_id limit 1
        ) other
        where a.kind in ('Recredit15', 'Recredit16', 'Recredit17', 'Recredit18', 'FirstGrant', 'BonusCredit') limit 1;
        if broken is not null then
            raise exception 'this sum was already received: movement %', broken
                using errcode = 'unique_violation', constraint = 'wallet_received_once';
        end if;
    end if;
    return null;
end $$;
create trigger wallet_never_overspent after insert on wallet_movement
    referencing new table as added for each statement execute function wallet_never_overspent();
create trigger wallet_only_added_to before update or delete on wallet_movement
    for each row execute function wallet_only_added_to();
"""


class Migration(migrations.Migration):
    """Forward only: what the two sides add cannot be said in the older columns."""

    dependencies: ClassVar = [("wallet", "0002_ledger_guards")]
    operations: ClassVar = [
        migrations.RunSQL(UNGUARD),
        migrations.RemoveConstraint(
            model_name="movement",
            name="movement_recredit_once",
        ),
        migrations.RemoveConstraint(
            model_name="movement",
            name="movement_names_its_booking",
        ),
        migrations.RemoveConstraint(
            model_name="movement",
            name="movement_sign",
        ),
        migrations.RemoveIndex(
            model_name="movement",
            name="movement_sums",
        ),
        migrations.AddField(
            model_name="movement",
            name="credited",
            field=models.CharField(
                choices=[
                    (
                        diptych.culture.domain.wallet.terms.AccountKind["STATE"],
                        diptych.culture.domain.wallet.terms.AccountKind["STATE"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.AccountKind["DEPOSIT"],
                        diptych.culture.domain.wallet.terms.AccountKind["DEPOSIT"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.AccountKind["BOOKING"],
                        diptych.culture.domain.wallet.terms.AccountKind["BOOKING"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.AccountKind["EXPIRED"],
                        diptych.culture.domain.wallet.terms.AccountKind["EXPIRED"],
                    ),
                ],
                default="state",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="movement",
            name="credited_deposit",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credits",
                to="wallet.deposit",
            ),
        ),
        migrations.AddField(
            model_name="movement",
            name="debited",
            field=models.CharField(
                choices=[
                    (
                        diptych.culture.domain.wallet.terms.AccountKind["STATE"],
                        diptych.culture.domain.wallet.terms.AccountKind["STATE"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.AccountKind["DEPOSIT"],
                        diptych.culture.domain.wallet.terms.AccountKind["DEPOSIT"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.AccountKind["BOOKING"],
                        diptych.culture.domain.wallet.terms.AccountKind["BOOKING"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.AccountKind["EXPIRED"],
                        diptych.culture.domain.wallet.terms.AccountKind["EXPIRED"],
                    ),
                ],
                default="state",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="movement",
            name="debited_deposit",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="debits", to="wallet.deposit"
            ),
        ),
        migrations.AddField(
            model_name="movement",
            name="reference",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="movement",
            name="kind",
            field=models.CharField(
                choices=[
                    (
                        diptych.culture.domain.wallet.terms.MovementKind["BOOKING"],
                        diptych.culture.domain.wallet.terms.MovementKind["BOOKING"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.MovementKind["CANCELLATION"],
                        diptych.culture.domain.wallet.terms.MovementKind["CANCELLATION"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.MovementKind["RECREDIT_15"],
                        diptych.culture.domain.wallet.terms.MovementKind["RECREDIT_15"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.MovementKind["RECREDIT_16"],
                        diptych.culture.domain.wallet.terms.MovementKind["RECREDIT_16"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.MovementKind["RECREDIT_17"],
                        diptych.culture.domain.wallet.terms.MovementKind["RECREDIT_17"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.MovementKind["RECREDIT_18"],
                        diptych.culture.domain.wallet.terms.MovementKind["RECREDIT_18"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.MovementKind["FIRST_GRANT"],
                        diptych.culture.domain.wallet.terms.MovementKind["FIRST_GRANT"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.MovementKind["BONUS_CREDIT"],
                        diptych.culture.domain.wallet.terms.MovementKind["BONUS_CREDIT"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.MovementKind["MANUAL_MODIFICATION"],
                        diptych.culture.domain.wallet.terms.MovementKind["MANUAL_MODIFICATION"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.MovementKind["PREVIOUS_DEPOSIT"],
                        diptych.culture.domain.wallet.terms.MovementKind["PREVIOUS_DEPOSIT"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.MovementKind["FINANCE_INCIDENT_RECREDIT"],
                        diptych.culture.domain.wallet.terms.MovementKind["FINANCE_INCIDENT_RECREDIT"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.MovementKind["MOVED_OUT"],
                        diptych.culture.domain.wallet.terms.MovementKind["MOVED_OUT"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.MovementKind["MOVED_IN"],
                        diptych.culture.domain.wallet.terms.MovementKind["MOVED_IN"],
                    ),
                    (
                        diptych.culture.domain.wallet.terms.MovementKind["EXPIRED"],
                        diptych.culture.domain.wallet.terms.MovementKind["EXPIRED"],
                    ),
                ],
                max_length=24,
            ),
        ),
        migrations.RunSQL(TELL_ANEW),
        migrations.RemoveField(
            model_name="movement",
            name="deposit",
        ),
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(
                models.F("debited_deposit"),
                condition=models.Q(("debited_deposit__isnull", False)),
                include=("amount_cents", "bucket", "kind"),
                name="movement_debits",
            ),
        ),
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(
                models.F("credited_deposit"),
                condition=models.Q(("credited_deposit__isnull", False)),
                include=("amount_cents", "bucket", "kind"),
                name="movement_credits",
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(condition=models.Q(("amount_cents__gt", 0)), name="movement_amount"),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credited", "booking"), ("debited", "deposit"), ("kind__in", ["Booking", "MovedIn"])),
                    models.Q(("credited", "deposit"), ("debited", "booking"), ("kind__in", ["Cancellation", "MovedOut"])),
                    models.Q(
                        ("credited", "deposit"),
                        ("debited", "state"),
                        (
                            "kind__in",
                            [
                                "Recredit15",
                                "Recredit16",
                                "Recredit17",
                                "Recredit18",
                                "FirstGrant",
                                "BonusCredit",
                                "ManualModification",
                                "FinanceIncidentRecredit",
                            ],
                        ),
                    ),
                    models.Q(("credited", "deposit"), ("debited", "deposit"), ("kind__in", ["PreviousDeposit"])),
                    models.Q(("credited", "expired"), ("debited", "deposit"), ("kind__in", ["Expired"])),
                    _connector="OR",
                ),
                name="movement_sides",
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("debited", "deposit"), ("debited_deposit__isnull", False)),
                    models.Q(models.Q(("debited", "deposit"), _negated=True), ("debited_deposit", None)),
                    _connector="OR",
                ),
                name="movement_names_the_debited",
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credited", "deposit"), ("credited_deposit__isnull", False)),
                    models.Q(models.Q(("credited", "deposit"), _negated=True), ("credited_deposit", None)),
                    _connector="OR",
                ),
                name="movement_names_the_credited",
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("debited", "booking"), ("credited", "booking"), _connector="OR"), ("booking_id__isnull", False)
                    ),
                    models.Q(
                        models.Q(("debited", "booking"), _negated=True),
                        models.Q(("credited", "booking"), _negated=True),
                        ("booking_id", None),
                    ),
                    _connector="OR",
                ),
                name="movement_names_its_booking",
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("debited_deposit", None),
                    ("credited_deposit", None),
                    models.Q(("debited_deposit", models.F("credited_deposit")), _negated=True),
                    _connector="OR",
                ),
                name="movement_between_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["Recredit15", "Recredit16", "Recredit17", "Recredit18", "FirstGrant", "BonusCredit", "PreviousDeposit"],
                    )
                ),
                fields=("credited_deposit", "kind"),
                name="movement_recredit_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("credited_deposit", "kind", "reference"),
                name="movement_reference_once",
            ),
        ),
        migrations.RunSQL(GUARD),
    ]
