"""Reminders of a sign-up left half-way; numbers that no account may use; bonuses that wait for their answer."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0001_sign_up"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RefusedPhone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phone_hash", models.CharField(max_length=64, unique=True)),
                ("why", models.CharField(max_length=400)),
                ("actor", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BonusRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempt", models.UUIDField()),
                ("last_name", models.CharField(max_length=120)),
                ("first_name", models.CharField(max_length=120)),
                ("birth_date", models.DateField()),
                ("custodian_gender", models.CharField(max_length=1)),
                ("birth_commune", models.CharField(blank=True, max_length=5)),
                ("gender", models.CharField(max_length=1)),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="bonus_request", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempt", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sign_up_reminders", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
    ]
