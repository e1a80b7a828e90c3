"""What sign-up and the team need of a person: phone, profile, keyed hashes, roles of the team, suspensions."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_account_checks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Suspension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("FRAUD_RESELL_PRODUCT", "FRAUD_RESELL_PRODUCT"),
                            ("FRAUD_RESELL_PASS", "FRAUD_RESELL_PASS"),
                            ("BLACKLISTED_DOMAIN_NAME", "BLACKLISTED_DOMAIN_NAME"),
                            ("UPON_USER_REQUEST", "UPON_USER_REQUEST"),
                            ("SUSPICIOUS_LOGIN_REPORTED_BY_USER", "SUSPICIOUS_LOGIN_REPORTED_BY_USER"),
                            ("WAITING_FOR_ANONYMIZATION", "WAITING_FOR_ANONYMIZATION"),
                            ("FRAUD_SUSPICION", "FRAUD_SUSPICION"),
                            ("FRAUD_USURPATION", "FRAUD_USURPATION"),
                            ("FRAUD_HACK", "FRAUD_HACK"),
                            ("CLOSED_STRUCTURE_DEFINITIVE", "CLOSED_STRUCTURE_DEFINITIVE"),
                            ("CLOSED_STRUCTURE_TEMP", "CLOSED_STRUCTURE_TEMP"),
                            ("DELETED", "DELETED"),
                            ("DEVICE_AT_RISK", "DEVICE_AT_RISK"),
                            ("DUPLICATE_REPORTED_BY_USER", "DUPLICATE_REPORTED_BY_USER"),
                            ("END_OF_CONTRACT", "END_OF_CONTRACT"),
                            ("END_OF_ELIGIBILITY", "END_OF_ELIGIBILITY"),
                            ("FRAUD_BOOKING_CANCEL", "FRAUD_BOOKING_CANCEL"),
                            ("FRAUD_CREATION_PRO", "FRAUD_CREATION_PRO"),
                            ("FRAUD_DUPLICATE", "FRAUD_DUPLICATE"),
                            ("FRAUD_FAKE_DOCUMENT", "FRAUD_FAKE_DOCUMENT"),
                            ("FRAUD_USURPATION_PRO", "FRAUD_USURPATION_PRO"),
                            ("SUSPENSION_FOR_INVESTIGATION_TEMP", "SUSPENSION_FOR_INVESTIGATION_TEMP"),
                        ],
                        max_length=40,
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=400)),
                ("actor", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=40)),
                ("ended_why", models.CharField(blank=True, max_length=400)),
            ],
        ),
        migrations.AddField(
            model_name="person",
            name="activity",
            field=models.CharField(
                blank=True,
                choices=[
                    ("MIDDLE_SCHOOL_STUDENT", "MIDDLE_SCHOOL_STUDENT"),
                    ("HIGH_SCHOOL_STUDENT", "HIGH_SCHOOL_STUDENT"),
                    ("STUDENT", "STUDENT"),
                    ("EMPLOYEE", "EMPLOYEE"),
                    ("APPRENTICE", "APPRENTICE"),
                    ("APPRENTICE_STUDENT", "APPRENTICE_STUDENT"),
                    ("VOLUNTEER", "VOLUNTEER"),
                    ("INACTIVE", "INACTIVE"),
                    ("UNEMPLOYED", "UNEMPLOYED"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="address",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="person",
            name="city",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name="person",
            name="document_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="person",
            name="married_name",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name="person",
            name="phone",
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.AddField(
            model_name="person",
            name="phone_skipped_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="phone_validated_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="postcode",
            field=models.CharField(blank=True, max_length=5),
        ),
        migrations.AddField(
            model_name="person",
            name="school_type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("AGRICULTURAL_HIGH_SCHOOL", "AGRICULTURAL_HIGH_SCHOOL"),
                    ("MILITARY_HIGH_SCHOOL", "MILITARY_HIGH_SCHOOL"),
                    ("NAVAL_HIGH_SCHOOL", "NAVAL_HIGH_SCHOOL"),
                    ("PRIVATE_HIGH_SCHOOL", "PRIVATE_HIGH_SCHOOL"),
                    ("PUBLIC_HIGH_SCHOOL", "PUBLIC_HIGH_SCHOOL"),
                    ("PRIVATE_SECONDARY_SCHOOL", "PRIVATE_SECONDARY_SCHOOL"),
                    ("PUBLIC_SECONDARY_SCHOOL", "PUBLIC_SECONDARY_SCHOOL"),
                    ("APPRENTICE_FORMATION_CENTER", "APPRENTICE_FORMATION_CENTER"),
                    ("HOME_OR_REMOTE_SCHOOLING", "HOME_OR_REMOTE_SCHOOLING"),
                ],
                max_length=32,
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="staff_roles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("admin", "admin"),
                        ("global_access", "global_access"),
                        ("qa", "qa"),
                        ("support_n1", "support_n1"),
                        ("support_n2", "support_n2"),
                        ("support_n3", "support_n3"),
                        ("fraude_conformite", "fraude_conformite"),
                        ("fraude_jeunes", "fraude_jeunes"),
                        ("programmation_market", "programmation_market"),
                        ("lecture_seule", "lecture_seule"),
                        ("dpo", "dpo"),
                    ],
                    max_length=24,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="student_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("validated_birth_date__isnull", False)), fields=["validated_birth_date"], name="person_born"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                django.db.models.functions.text.Lower("last_name"),
                django.db.models.functions.text.Lower("first_name"),
                name="person_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("phone_validated_at__isnull", False)), fields=("phone",), name="person_one_a_validated_phone"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("document_hash", ""), _negated=True), fields=("document_hash",), name="person_one_a_document"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("student_hash", ""), _negated=True), fields=("student_hash",), name="person_one_a_student"
            ),
        ),
        migrations.AddField(
            model_name="suspension",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="suspensions", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("person",), name="suspension_one_at_a_time"
            ),
        ),
    ]
