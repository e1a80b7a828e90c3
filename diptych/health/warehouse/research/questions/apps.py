"""The chapter as Django knows it."""

from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    """Kept questions."""

    name = "diptych.health.warehouse.research.questions"
    label = "questions"
