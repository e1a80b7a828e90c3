"""Addresses of the partners' programs, under /api/."""

from django.urls import path

from . import webhooks

app_name = "partners"
urlpatterns = [path("webhooks/identity-documents", webhooks.identity_documents, name="identity-documents")]
