"""The demo's identity check, `/demo/identite/…`: a page where one chooses what the provider finds.

It plays the document-check provider: its answer is signed and sent to our own webhook's reader, as the real one's would be.
Served in demo, development and test only.
"""

import json
import uuid
from typing import Any

from django import forms
from django.conf import settings as django_settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import URLPattern, path

from .mailbox import MODES

from diptych.commons import clock
from diptych.commons.settings import settings
from diptych.commons.web.doors import VISITOR, door
from diptych.culture.domain.eligibility.models import FraudCheck
from diptych.culture.domain.eligibility.operations import finish_identity_check
from diptych.culture.domain.eligibility.terms import ReasonCode
from diptych.culture.gateways.identity_documents import read_event, sign

_PAGE = """{% extends "web/base.html" %}{% load ui %}{% block title %}Contrôle d’identité de la démo{% endblock %}
{% block main_class %}page page--narrow{% endblock %}
{% block main %}<div class="stack"><h1>Contrôle d’identité de la démo</h1><p>Le prestataire joue son rôle : ici, personne ne filme personne.
Choisissez ce que le document dit, et ce que le contrôle trouve.</p>
<form method="post" novalidate>{% csrf_token %}{{ form }}{% button "Rendre la réponse" wide=True %}</form></div>{% endblock %}"""
_FOUND = (
    ("accepted", "Tout va bien"),
    ("processing", "Réponse plus tard"),
    *((code.value, f"Refus : {code.value}") for code in ReasonCode if code.value.startswith(("blurry", "document", "id_check", "lack", "network", "not_doc"))),
)  # fmt: skip


class AnswerForm(forms.Form):
    """What the document says, and what is found."""

    first_name = forms.CharField(label="Prénom du document", max_length=120)
    last_name = forms.CharField(label="Nom du document", max_length=120)
    birth_date = forms.DateField(label="Naissance", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    number = forms.CharField(label="Numéro du document", max_length=40)
    found = forms.ChoiceField(label="Ce que le contrôle trouve", choices=_FOUND)


@door(VISITOR)
def identity(request: HttpRequest, attempt: uuid.UUID) -> HttpResponse:
    """The session of an attempt."""
    check = FraudCheck.objects.filter(attempt=attempt).order_by("id").select_related("person").first()
    if check is None:
        raise Http404
    person = check.person
    made_up = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "birth_date": person.birth_date,
        "number": f"{person.pk:06}DEMO42"[-12:],
    }
    form = AnswerForm(request.POST or None, initial=made_up)
    if request.method != "POST" or not form.is_valid():
        return HttpResponse(engines["django"].from_string(_PAGE).render({"form": form}, request))
    _tell(str(attempt), form.cleaned_data)
    return redirect("youth:identity-back")


def _tell(attempt: str, chosen: dict[str, Any]) -> None:
    "The provider's message, by the same signed way."
    at, found = clock.now(), chosen["found"]
    plain = found in ("accepted", "processing")
    document = {name: str(chosen[name]) for name in ("first_name", "last_name", "birth_date", "number")}
    body = json.dumps(
        {
            "event": uuid.uuid4().hex,
            "reference": attempt,
            "status": found if plain else "refused",
            "reasons": [] if plain else [found],
            "document": document,
        }
    ).encode()
    secret = django_settings.DOCUMENTS_SECRET
    event = read_event(body, signature=sign(body, secret=secret, at=at), secret=secret, at=at)
    finish_identity_check(attempt=event.attempt, answer=event.answer, event=event.id, at=at)


def addresses() -> list[URLPattern]:
    """The page's address, where it may be read; none in production."""
    served = settings()["DIPTYCH_MODE"] in MODES and settings()["DIPTYCH_DOCUMENTS_URL"] == "fake"
    return [path("demo/identite/<uuid:attempt>/", identity, name="demo-identity")] if served else []
