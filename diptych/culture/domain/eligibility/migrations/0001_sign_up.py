"""The tables of sign-up: fraud journal, reviews, codes by SMS; the journal is only added to."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
create function eligibility_only_added_to() returns trigger language plpgsql as $$
begin
    if coalesce(current_setting('diptych.erasing', true), '') = 'on' then
        if tg_op = 'DELETE' then return old; end if;
        if new.status = old.status and new.reasons = old.reasons and new.person_id = old.person_id then return new; end if;
    end if;
    raise exception 'the fraud journal is only added to' using errcode = 'restrict_violation';
end $$;
create trigger eligibility_only_added_to before update or delete on eligibility_fraudcheck
    for each row execute function eligibility_only_added_to();
create function eligibility_review_only_added_to() returns trigger language plpgsql as $$
begin
    if coalesce(current_setting('diptych.erasing', true), '') = 'on' then
        if tg_op = 'DELETE' then return old; end if;
        if new.result = old.result and new.person_id = old.person_id then return new; end if;
    end if;
    raise exception 'reviews are only added to' using errcode = 'restrict_violation';
end $$;
create trigger eligibility_review_only_added_to before update or delete on eligibility_fraudreview
    for each row execute function eligibility_review_only_added_to();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FraudReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "result",
                    models.CharField(
                        choices=[("OK", "OK"), ("KO", "KO"), ("REDIRECTED_TO_DMS", "REDIRECTED_TO_DMS")], max_length=20
                    ),
                ),
                ("why", models.CharField(max_length=400)),
                ("actor", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fraud_reviews", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FraudCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempt", models.UUIDField(db_index=True)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("dms", "dms"),
                            ("educonnect", "educonnect"),
                            ("honor_statement", "honor_statement"),
                            ("internal_review", "internal_review"),
                            ("phone_validation", "phone_validation"),
                            ("profile_completion", "profile_completion"),
                            ("qf_bonus_credit", "qf_bonus_credit"),
                            ("ubble", "ubble"),
                            ("jouve", "jouve"),
                            ("user_profiling", "user_profiling"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("canceled", "canceled"),
                            ("error", "error"),
                            ("ko", "ko"),
                            ("ok", "ok"),
                            ("pending", "pending"),
                            ("started", "started"),
                            ("suspicious", "suspicious"),
                            ("mock_config", "mock_config"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "eligibility",
                    models.CharField(
                        blank=True,
                        choices=[("UNDERAGE", "UNDERAGE"), ("AGE18", "AGE18"), ("AGE17_18", "AGE17_18"), ("FREE", "FREE")],
                        max_length=12,
                    ),
                ),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("age_not_valid", "age_not_valid"),
                                ("duplicate_user", "duplicate_user"),
                                ("email_not_validated", "email_not_validated"),
                                ("missing_required_data", "missing_required_data"),
                                ("name_incorrect", "name_incorrect"),
                                ("not_eligible", "not_eligible"),
                                ("empty_id_piece_number", "empty_id_piece_number"),
                                ("error_in_data", "error_in_data"),
                                ("refused_by_operator", "refused_by_operator"),
                                ("blurry_document_video", "blurry_document_video"),
                                ("document_damaged", "document_damaged"),
                                ("eligibility_changed", "eligibility_changed"),
                                ("id_check_blocked_other", "id_check_blocked_other"),
                                ("id_check_data_match", "id_check_data_match"),
                                ("id_check_expired", "id_check_expired"),
                                ("id_check_not_authentic", "id_check_not_authentic"),
                                ("id_check_not_supported", "id_check_not_supported"),
                                ("id_check_unprocessable", "id_check_unprocessable"),
                                ("invalid_id_piece_number", "invalid_id_piece_number"),
                                ("lack_of_luminosity", "lack_of_luminosity"),
                                ("network_connection_issue", "network_connection_issue"),
                                ("not_document_owner", "not_document_owner"),
                                ("ubble_internal_error", "ubble_internal_error"),
                                ("age_too_old", "age_too_old"),
                                ("age_too_young", "age_too_young"),
                                ("duplicate_id_piece_number", "duplicate_id_piece_number"),
                                ("duplicate_ine", "duplicate_ine"),
                                ("blacklisted_phone_number", "blacklisted_phone_number"),
                                ("invalid_phone_country_code", "invalid_phone_country_code"),
                                ("phone_already_exists", "phone_already_exists"),
                                ("phone_unvalidated_by_peer", "phone_unvalidated_by_peer"),
                                ("phone_unvalidation_for_peer", "phone_unvalidation_for_peer"),
                                ("phone_validation_attempts_limit_reached", "phone_validation_attempts_limit_reached"),
                                ("sms_sending_limit_reached", "sms_sending_limit_reached"),
                                ("custodian_not_found", "custodian_not_found"),
                                ("not_in_tax_household", "not_in_tax_household"),
                                ("quotient_familial_too_high", "quotient_familial_too_high"),
                                ("already_beneficiary", "already_beneficiary"),
                                ("already_has_active_deposit", "already_has_active_deposit"),
                                ("id_check_invalid", "id_check_invalid"),
                                ("ine_not_whitelisted", "ine_not_whitelisted"),
                                ("phone_not_validated", "phone_not_validated"),
                            ],
                            max_length=48,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("answer", models.JSONField(blank=True, default=dict)),
                ("actor", models.CharField(blank=True, max_length=40)),
                ("event", models.CharField(blank=True, max_length=80)),
                ("registered_at", models.DateTimeField(blank=True, null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fraud_checks", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "id"], name="fraud_check_of_person")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("event", ""), _negated=True),
                        fields=("type", "event"),
                        name="fraud_check_one_an_event",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phone", models.CharField(max_length=16)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="phone_codes", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "made_at"], name="phone_code_of_person")],
            },
        ),
        migrations.CreateModel(
            name="PhoneTry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="phone_tries", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "at"], name="phone_try_of_person")],
            },
        ),
        migrations.RunSQL(
            GUARD,
            reverse_sql="drop trigger eligibility_only_added_to on eligibility_fraudcheck; drop function eligibility_only_added_to();"
            "drop trigger eligibility_review_only_added_to on eligibility_fraudreview;"
            "drop function eligibility_review_only_added_to();",
        ),
    ]
