"""The gallery: one page that shows every component in every state, each drawn from the snippet printed beside it.

Holds the list of snippets and what they need to be drawn. Does not hold any component.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import segno
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from diptych.commons.web.doors import VISITOR, door

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

PANELS: Final = ("culture", "health")
EXAMPLES_FOLDER: Final = Path(__file__).parent / "templates" / "web" / "examples"
AT: Final = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""The gallery's present: the page is the same each day, so that pictures of it compare."""


class Example(NamedTuple):
    """A snippet (`templates/web/examples/<id>.html`) under a heading, with what to notice."""

    id: str
    title: "StrPromise"
    note: "StrPromise | str" = ""


EXAMPLES: Final[tuple[Example, ...]] = (
    Example("buttons", gettext_lazy("Buttons"),
            gettext_lazy("A button that is not possible stays reachable by keyboard, and says why.")),
    Example("badges", gettext_lazy("Statuses")),
    Example("alerts", gettext_lazy("Messages")),
    Example("heads", gettext_lazy("Head of a page")),
    Example("shelves", gettext_lazy("Shelves and offers"),
            gettext_lazy("The cover is drawn from the offer’s seed where the venue gave no picture.")),
    Example("tickets", gettext_lazy("Ticket")),
    Example("code", gettext_lazy("Code of six characters")),
    Example("facts", gettext_lazy("Cards and facts")),
    Example("counts", gettext_lazy("Counts")),
    Example("forms", gettext_lazy("Form")),
    Example("errors", gettext_lazy("Refused form"),
            gettext_lazy("A summary at the top; each error beside its field, and read with it.")),
    Example("tables", gettext_lazy("Table")),
    Example("ways", gettext_lazy("Ways")),
    Example("dialogs", gettext_lazy("Dialog")),
    Example("toasts", gettext_lazy("Short answers")),
    Example("empty", gettext_lazy("Nothing yet, and on its way")),
)  # fmt: skip


class SampleForm(forms.Form):
    """Every kind of field."""

    name = forms.CharField(label="Prénom", help_text="Celui de ta carte d’identité.")
    email = forms.EmailField(label="Adresse e-mail")
    birth = forms.DateField(label="Date de naissance", widget=forms.DateInput(attrs={"type": "date"}))
    password = forms.CharField(
        label="Mot de passe", widget=forms.PasswordInput, help_text="Au moins 12 caractères. Une phrase marche bien."
    )
    place = forms.ChoiceField(label="Département", choices=[("42", "Loire"), ("69", "Rhône")])
    tastes = forms.MultipleChoiceField(
        label="Ce que tu aimes", choices=[("cinema", "Le cinéma"), ("books", "Les livres")],
        widget=forms.CheckboxSelectMultiple, required=False,
    )  # fmt: skip
    status = forms.ChoiceField(
        label="Tu es", choices=[("school", "Au lycée"), ("job", "En apprentissage")], widget=forms.RadioSelect
    )
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
        "bookings": [
            dict(zip(keys, row, strict=True)) | {"at": AT + timedelta(days=i * 3, hours=4)} for i, row in enumerate(offers)
        ],
        "page": Paginator(range(200), 10).page(4),
        "labels": ["Ton identité", "Ton adresse", "Tes goûts"],
        "rows": [
            ("Périmètre", 2104380),
            ("Diabète, 2 fois en un an", 148620),
            ("puis metformine", 39510),
            ("sans grossesse", 18240),
        ],
    }


def _drawn(name: str, world: dict[str, Any], request: HttpRequest) -> dict[str, str]:
    "One snippet: its source, and what it draws."
    path = EXAMPLES_FOLDER / f"{name}.html"
    snippet = path.read_text(encoding="utf-8").removeprefix("{% load ui %}").strip()
    return {"snippet": snippet, "html": render_to_string(f"web/examples/{name}.html", world, request)}


@door(VISITOR)
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component; `?panel=health` in the other panel, `?theme=dark` whatever the reader's choice."""
    panel = request.GET.get("panel", "culture")
    world = _world()
    drawn = [{"id": e.id, "title": e.title, "note": e.note, **_drawn(e.id, world, request)} for e in EXAMPLES]
    context = {
        "examples": drawn,
        "panel": panel if panel in PANELS else PANELS[0],
        "panels": PANELS,
        "forced_theme": request.GET.get("theme"),
    }
    return render(request, "web/gallery.html", context)
