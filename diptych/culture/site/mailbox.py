"""The demo's mailbox, `/demo/courrier`: the letters and SMS that a real service would have sent.

Served where letters are kept in a folder and nobody real gets any: demo, development and test. Holds the page only.
"""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import URLPattern, path

from diptych.commons.settings import settings
from diptych.commons.web.doors import VISITOR, door
from diptych.culture.gateways.mail import mailbox
from diptych.culture.gateways.sms import tray

MODES: Final = frozenset({"demo", "development", "test"})
MOST: Final = 60

_PAGE: Final = """{% extends "web/base.html" %}{% load ui %}{% block title %}Courrier de la démo{% endblock %}
{% block main %}<h1>Courrier de la démo</h1><p>Ce que le service a écrit. Personne ne l’a reçu : ici, rien ne part.</p>
<form method="get" role="search"><label for="to">Adresse</label> <input id="to" name="to" type="search" value="{{ to }}">
<button class="button" type="submit">Filtrer</button></form>
{% for sms in messages_sent %}<article class="card"><h2>SMS</h2><p class="quiet">{{ sms.to }}</p><div>{{ sms.text }}</div></article>{% endfor %}
{% for letter in letters %}<article class="card"><h2>{{ letter.subject }}</h2>
<p class="quiet">{{ letter.to }}</p><div>{{ letter.text|urlize|linebreaks }}</div></article>{% empty %}<p>Aucun courrier pour l’instant.</p>{% endfor %}{% endblock %}"""


@door(VISITOR)
def letters(request: HttpRequest) -> HttpResponse:
    """The latest letters, or those of one address."""
    wanted = request.GET.get("to", "").strip()
    shown = []
    for letter in mailbox().letters(to=wanted)[:MOST]:
        body = letter.get_body(preferencelist=("plain",))
        shown.append({"to": str(letter["To"]), "subject": str(letter["Subject"]), "text": body.get_content() if body else ""})
    messages_sent = tray().messages(to=wanted)[:MOST] if "@" not in wanted else []
    page = engines["django"].from_string(_PAGE).render({"letters": shown, "to": wanted, "messages_sent": messages_sent}, request)
    return HttpResponse(page, headers={"Cache-Control": "no-store"})


def addresses() -> list[URLPattern]:
    """The mailbox's address, where it may be read; none in production."""
    return [path("demo/courrier", letters, name="demo-mailbox")] if settings()["DIPTYCH_MODE"] in MODES else []
