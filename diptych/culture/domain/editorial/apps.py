"""The chapter as Django knows it, and what listens from its start."""

from django.apps import AppConfig


class EditorialConfig(AppConfig):
    """Shelves, and the journal of what is done to them."""

    name = "diptych.culture.domain.editorial"
    label = "editorial"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Write each act that Wagtail logs of a shelf in the journal, in the same transaction."""
        from .operations import journalling  # models are ready only now

        journalling.listen()
