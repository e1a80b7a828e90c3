"""Wagtail's `users` without its screens.

`wagtail.admin` needs the app for its table of preferences. The app's own screens make accounts, groups and superusers: this pass
has its own sign-up and its own table of roles, and no such columns (they would not even load). Holds the configuration that
leaves them out.
"""

from types import ModuleType

from wagtail.users.apps import WagtailUsersAppConfig


class ProfilesConfig(WagtailUsersAppConfig):  # type: ignore[misc]  # Wagtail carries no types
    """The table, and nothing else: once models are loaded, Wagtail looks for hooks in a module that has none."""

    def ready(self) -> None:
        """Hide the app's hooks, where its screens are registered."""
        super().ready()
        self.module = ModuleType(self.name)
