"""Tables of schools: the institutions of the ministry's directory.

Holds the directory. Does not hold budgets or teachers: those come with class outings.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class School(models.Model):
    """An institution, by its UAI (seven digits and a letter)."""

    uai = models.CharField(max_length=8, primary_key=True)
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=80, blank=True)
    sector = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=255, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    city = models.CharField(max_length=120, blank=True)
    insee = models.CharField(max_length=5, blank=True)
    department = models.CharField(max_length=3, blank=True, db_index=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    social_position_index = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    source = models.CharField(max_length=40, blank=True)

    class Meta:
        """A UAI is seven digits and a letter."""

        constraints: ClassVar = [models.CheckConstraint(condition=Q(uai__regex=r"^[0-9]{7}[A-Z]$"), name="school_uai")]

    def __str__(self) -> str:
        """The school's name and city."""
        return f"{self.name} ({self.city})"
