"""Extracts, requests to be forgotten, warnings; evidence, which is only added to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import diptych.culture.domain.personal_data.terms


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("people", "0003_sign_up"),
    ]

    operations = [
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("act", models.CharField(max_length=24)),
                ("rule", models.CharField(max_length=40)),
                ("actor", models.CharField(max_length=80)),
                ("person_id", models.BigIntegerField(db_index=True, null=True)),
                ("counts", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=40)),
                ("told_at", models.DateTimeField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="erasure_notice", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ErasureRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                (
                    "why",
                    models.CharField(
                        choices=[
                            (
                                diptych.culture.domain.personal_data.terms.Why["AT_REQUEST"],
                                diptych.culture.domain.personal_data.terms.Why["AT_REQUEST"],
                            ),
                            (
                                diptych.culture.domain.personal_data.terms.Why["IDENTITY_DOCUMENT"],
                                diptych.culture.domain.personal_data.terms.Why["IDENTITY_DOCUMENT"],
                            ),
                            (
                                diptych.culture.domain.personal_data.terms.Why["CIVIL_STATUS"],
                                diptych.culture.domain.personal_data.terms.Why["CIVIL_STATUS"],
                            ),
                            (
                                diptych.culture.domain.personal_data.terms.Why["TYPING_ERROR"],
                                diptych.culture.domain.personal_data.terms.Why["TYPING_ERROR"],
                            ),
                            (
                                diptych.culture.domain.personal_data.terms.Why["DUPLICATE"],
                                diptych.culture.domain.personal_data.terms.Why["DUPLICATE"],
                            ),
                            (
                                diptych.culture.domain.personal_data.terms.Why["DEATH"],
                                diptych.culture.domain.personal_data.terms.Why["DEATH"],
                            ),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            (
                                diptych.culture.domain.personal_data.terms.RequestState["QUEUED"],
                                diptych.culture.domain.personal_data.terms.RequestState["QUEUED"],
                            ),
                            (
                                diptych.culture.domain.personal_data.terms.RequestState["WITHDRAWN"],
                                diptych.culture.domain.personal_data.terms.RequestState["WITHDRAWN"],
                            ),
                            (
                                diptych.culture.domain.personal_data.terms.RequestState["DONE"],
                                diptych.culture.domain.personal_data.terms.RequestState["DONE"],
                            ),
                        ],
                        default=diptych.culture.domain.personal_data.terms.RequestState["QUEUED"],
                        max_length=10,
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="erasure_requests", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("state", "QUEUED")), fields=["due_at"], name="erasure_due")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "QUEUED")), fields=("person",), name="erasure_one_queued"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "QUEUED")),
                            models.Q(models.Q(("state", "QUEUED"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="erasure_ends",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Extract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            (
                                diptych.culture.domain.personal_data.terms.ExtractState["ASKED"],
                                diptych.culture.domain.personal_data.terms.ExtractState["ASKED"],
                            ),
                            (
                                diptych.culture.domain.personal_data.terms.ExtractState["READY"],
                                diptych.culture.domain.personal_data.terms.ExtractState["READY"],
                            ),
                        ],
                        default=diptych.culture.domain.personal_data.terms.ExtractState["ASKED"],
                        max_length=8,
                    ),
                ),
                ("expires_at", models.DateTimeField(null=True)),
                ("content", models.BinaryField(default=b"")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="extracts", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["asked_by", "asked_at"], name="extract_of_asker"),
                    models.Index(fields=["expires_at"], name="extract_over"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "ASKED")), fields=("person",), name="extract_one_pending"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("expires_at", None), ("state", "ASKED")),
                            models.Q(("expires_at__isnull", False), ("state", "READY")),
                            _connector="OR",
                        ),
                        name="extract_ends",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            """
            create function personal_data_only_added_to() returns trigger language plpgsql as $$
            begin raise exception 'evidence is only added to' using errcode = 'restrict_violation'; end $$;
            create trigger personal_data_only_added_to before update or delete on personal_data_evidence
                for each row execute function personal_data_only_added_to();
            """,
            reverse_sql="drop trigger personal_data_only_added_to on personal_data_evidence;"
            "drop function personal_data_only_added_to();",
        ),
    ]
