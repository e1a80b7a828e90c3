"""The chapter as Django knows it."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """Those who work in the locked room."""

    name = "diptych.health.warehouse.identified.staff"
    label = "staff"
