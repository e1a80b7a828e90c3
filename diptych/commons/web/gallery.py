"""The gallery: one page that shows every component in every state, each drawn from the snippet printed beside it.

Holds the snippets and what they need to be drawn. Does not hold any component.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import segno
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.utils.safestring import mark_safe

from diptych.commons.web.doors import VISITOR, door

PANELS: Final = ("culture", "health")
AT: Final = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""The gallery's present: the page is the same each day, so that pictures of it compare."""


class Example(NamedTuple):
    """A snippet, under a heading, with what to notice."""

    id: str
    title: str
    snippet: str
    note: str = ""


EXAMPLES: Final[tuple[Example, ...]] = (
    Example("buttons", "Boutons", """<div class="row">
{% button "Réserver" icon="ticket" %}
{% button "Ajouter aux favoris" kind="quiet" icon="heart" %}
{% button "Annuler, possible jusqu’à 18:12" kind="danger" %}
{% button "Plus tard" kind="plain" %}
{% button "Envoi en cours" busy=True %}
{% button "Ajouter à mon agenda" kind="plain" icon="calendar-plus" only_icon=True %}
</div>
{% button "Remettre et valider" wide=True %}
<div>{% button "Annuler" kind="danger" why="Trop tard : l’annulation fermait hier à 18:12." %}</div>""",
            "Un bouton impossible reste atteignable au clavier et dit pourquoi."),
    Example("badges", "Statuts", """<div class="row">
{% badge "Séance de cinéma" tone="accent" %} {% badge "remis" tone="good" icon="check" %}
{% badge "en attente" tone="wait" icon="clock" %} {% badge "déjà utilisé" tone="bad" %}
{% badge "à venir" tone="info" %} {% badge "version 7" %}
</div>"""),
    Example("alerts", "Messages", """{% alert tone="info" title="Bon à savoir" %}<p>Ton crédit expire le jour de tes 21 ans.</p>{% endalert %}
{% alert tone="good" title="C’est réservé" %}<p>Montre ton code à l’entrée. <a href="#tickets">Voir ma place</a></p>{% endalert %}
{% alert tone="wait" title="Nous vérifions" %}<p>La salle confirme ta place d’ici 14:00.</p>{% endalert %}
{% alert tone="bad" title="Il ne reste qu’une place" %}<p>Tu en demandais deux. Réserve pour toi seul, ou choisis une autre date.</p>{% endalert %}"""),
    Example("heads", "Tête de page", """{% page_head "Salut Inès" title="On sort où ?" level=2 %}{% balance 11200 "à vivre" %}{% endpage_head %}
{% search_box action="#" label="Chercher" placeholder="Un film, un livre, un concert…" %}
{% chips %}{% chip "Autour de moi" href="#" on=True icon="map-pin" %}{% chip "Ce week-end" href="#" %}{% chip "Gratuit" href="#" %}{% chip "À deux" href="#" %}{% chip "Cinéma" href="#" %}{% endchips %}"""),
    Example("shelves", "Étagères et offres", """{% shelf "Ce soir, à pied" note="12 min max" %}
{% offer_card title="Nuit du court-métrage" href="#" seed=3 place="Cinéma Le Méliès" distance=600 when=tonight cents=400 level=3 %}
{% offer_card title="Impro sans filet" href="#" seed=1 place="Théâtre de la Halle" distance=1130 when=tonight cents=800 %}
{% offer_card title="Jam jazz" href="#" seed=12 place="Le Petit Duc" when=tomorrow cents=0 badge="À deux" %}
{% offer_card title="Anticonstitutionnellement, conférence gesticulée" href="#" seed=8 place="Médiathèque intercommunale de Saint-Rémy" distance=12400 when=later cents=1250 %}
{% offer_card title="Persepolis" href="#" seed=5 place="Librairie des Halles" cents=2490 %}
{% offer_card title="Sérigraphie" href="#" seed=21 place="L’Atelier" when=later cents=1500 %}
{% endshelf %}""", "La couverture est dessinée de la graine de l’offre quand le lieu n’a pas donné d’image."),
    Example("tickets", "Place", """{% ticket title="Nuit du court-métrage" kind="Séance de cinéma" seed=0 code="K7M3QX" qr=qr level=3 note="Montre ce code à l’entrée. Il marche sans réseau." %}
{% ticket_line "clock" %}{% when tonight %}{% endticket_line %}
{% ticket_line "map-pin" %}Cinéma Le Méliès, 28 allées Jean-Jaurès · {{ 600|distance }}{% endticket_line %}
{% endticket %}"""),
    Example("code", "Code à six caractères", """{% code_boxes "code" label="Code de la réservation" hint="Six lettres et chiffres." value="K7M3" %}
{% code_boxes "code2" label="Code de la réservation" value="ZQ6MNE" error="Ce code a déjà servi à 13:20." %}"""),
    Example("facts", "Cartes et faits", """<div class="columns">{% card title="L’Événement" level=3 %}
{% facts %}{% fact "Pour" %}<strong>Inès B.</strong>, 17 ans{% endfact %}{% fact "À remettre" %}<strong>1 exemplaire</strong>{% endfact %}{% fact "Remboursé" %}<strong>{{ 640|money }}</strong> le 1<sup>er</sup> décembre{% endfact %}{% fact "Réservé" %}{% when yesterday %}{% endfact %}{% endfacts %}
{% button "Remettre et valider" wide=True %}{% button "Ce n’est pas la bonne personne" kind="quiet" wide=True %}
{% endcard %}
{% card title="Aujourd’hui" kind="flat" level=3 %}<ul class="lines"><li><span><strong>H4TPR2</strong> <span class="quiet">Persepolis · 14:01</span></span>{% badge "remis" tone="good" %}</li><li><span><strong>ZQ6MNE</strong> <span class="quiet">Carte cadeau · 13:20</span></span>{% badge "déjà utilisé" tone="bad" %}</li></ul>{% endcard %}</div>"""),
    Example("counts", "Comptes", """{% count 18240 label="Patients" note="exact · 41 ms · arrondi à 10 à l’affichage" %}
{% bars rows %}"""),
    Example("forms", "Formulaire", """<form method="post" action="#forms" novalidate class="stack">{{ form }}{% button "Créer mon compte" type="button" %}</form>"""),
    Example("errors", "Formulaire refusé", """<form method="post" action="#errors" novalidate class="stack">{{ bad_form }}{% button "Créer mon compte" type="button" %}</form>""",
            "Un résumé en tête, chaque erreur près de son champ et lue avec lui."),
    Example("tables", "Tableau", """{% table caption="Réservations" %}
<thead><tr><th scope="col">Code</th><th scope="col" aria-sort="ascending">{% sort_link "Offre" "offer" %}</th><th scope="col">{% sort_link "Date" "date" %}</th><th scope="col" class="number">Places</th><th scope="col" class="number">Prix</th><th scope="col">Statut</th></tr></thead>
<tbody>{% for b in bookings %}<tr><th scope="row">{{ b.code }}</th><td data-label="Offre">{{ b.offer }}</td><td data-label="Date">{% when b.at %}</td><td class="number" data-label="Places">{{ b.places }}</td><td class="number" data-label="Prix">{{ b.cents|price }}</td><td data-label="Statut"><span>{% badge b.status tone=b.tone %}</span></td></tr>{% endfor %}</tbody>
{% endtable %}
{% pagination page %}"""),
    Example("ways", "Chemins", """{% breadcrumb "Offres" "#" "Concerts" "#" "Jam jazz" %}
{% tabs "À venir" "#ways" "Passées" "#past" "Annulées" "#gone" current="#ways" label="Mes places" %}
{% steps current=2 labels=labels %}"""),
    Example("dialogs", "Dialogue", """{% button "Annuler ma place" kind="danger" href="#dialogs" opens="cancel" %}
{% dialog "cancel" "Annuler ta place ?" %}<p>Tes {{ 800|money }} reviennent sur ton crédit tout de suite.</p><form method="dialog" class="row">{% button "Annuler ma place" kind="danger" %}{% button "Garder ma place" kind="quiet" %}</form>{% enddialog %}"""),
    Example("toasts", "Réponses brèves", """<div class="stack">{% toast "Retiré de tes favoris" undo="#" %}{% toast "C’est enregistré" tone="good" %}{% toast "Pas de réseau : nous réessaierons" tone="wait" %}</div>"""),
    Example("empty", "Rien, et en chemin", """{% empty title="Pas encore de place" text="Réserve une sortie : ton code apparaîtra ici, et il marchera sans réseau." icon="ticket" level=3 %}{% button "Voir ce soir" href="#" %}{% endempty %}
{% skeleton "cards" 4 %}{% skeleton "lines" 2 %}"""),
)  # fmt: skip


class SampleForm(forms.Form):
    """Every kind of field."""

    name = forms.CharField(label="Prénom", help_text="Celui de ta carte d’identité.")
    email = forms.EmailField(label="Adresse e-mail")
    birth = forms.DateField(label="Date de naissance", widget=forms.DateInput(attrs={"type": "date"}))
    password = forms.CharField(label="Mot de passe", widget=forms.PasswordInput, help_text="Au moins 12 caractères. Une phrase marche bien.")
    place = forms.ChoiceField(label="Département", choices=[("42", "Loire"), ("69", "Rhône")])
    tastes = forms.MultipleChoiceField(
        label="Ce que tu aimes", choices=[("cinema", "Le cinéma"), ("books", "Les livres")], widget=forms.CheckboxSelectMultiple, required=False,
    )  # fmt: skip
    status = forms.ChoiceField(label="Tu es", choices=[("school", "Au lycée"), ("job", "En apprentissage")], widget=forms.RadioSelect)
    words = forms.CharField(label="Un mot", widget=forms.Textarea, required=False)
    proof = forms.FileField(label="Justificatif", required=False)
    closed = forms.CharField(label="Numéro de dossier", disabled=True, initial="2026-0417", required=False)
    terms = forms.BooleanField(label="J’ai lu et j’accepte les conditions")


def _world() -> dict[str, Any]:
    "What the snippets name."
    offers = (("H4TPR2", "Persepolis", 1, 2490, "remise", "good"), ("ZQ6MNE", "Nuit du court-métrage", 2, 800, "à venir", "info"),
              ("B3KDWA", "Anticonstitutionnellement, conférence gesticulée", 1, 0, "annulée", "bad"))  # fmt: skip
    keys = ("code", "offer", "places", "cents", "status", "tone")
    return {
        "at": AT,
        "tonight": AT + timedelta(hours=4.5),
        "tomorrow": AT + timedelta(days=1, hours=5),
        "yesterday": AT - timedelta(hours=21),
        "later": AT + timedelta(days=4, hours=4),
        "qr": mark_safe(segno.make_qr("DIPTYCH:v1;TOKEN:K7M3QX").svg_inline(omitsize=True, border=0)),  # noqa: S308  # segno's drawing
        "form": SampleForm(prefix="ok"),
        "bad_form": SampleForm({"bad-name": "", "bad-email": "ines@", "bad-birth": "", "bad-place": "42"}, prefix="bad"),
        "bookings": [dict(zip(keys, row, strict=True)) | {"at": AT + timedelta(days=i * 3, hours=4)} for i, row in enumerate(offers)],
        "page": Paginator(range(200), 10).page(4),
        "labels": ["Ton identité", "Ton adresse", "Tes goûts"],
        "rows": [("Périmètre", 2104380), ("Diabète, 2 fois en un an", 148620), ("puis metformine", 39510), ("sans grossesse", 18240)],
    }


@door(VISITOR)
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component; `?panel=health` in the other panel, `?theme=dark` whatever the reader's choice."""
    panel = request.GET.get("panel", "culture")
    world = {**_world(), "request": request}
    engine = engines["django"]
    drawn = [
        {"id": e.id, "title": e.title, "snippet": e.snippet, "note": e.note, "html": engine.from_string("{% load ui %}" + e.snippet).render(world, request)}
        for e in EXAMPLES
    ]
    context = {"examples": drawn, "panel": panel if panel in PANELS else PANELS[0], "panels": PANELS, "forced_theme": request.GET.get("theme")}
    return render(request, "web/gallery.html", context)
