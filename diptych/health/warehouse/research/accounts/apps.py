"""The chapter as Django knows it."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts of the warehouse."""

    name = "diptych.health.warehouse.research.accounts"
    label = "accounts"
