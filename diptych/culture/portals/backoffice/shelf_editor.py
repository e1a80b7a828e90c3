"""The editor's screens of shelves, made with Wagtail: the form, what it refuses, and a panel that reads the tone and names the offers.

Does not hold which of Wagtail's addresses exist (`site.editorial`), nor the home as a youth sees it (shelves, beside).
"""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, Panel, PublishingPanel
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column, LiveStatusTagColumn, UpdatedAtColumn
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from . import shelf_words

from diptych.commons import clock
from diptych.commons.web.refusals import sentence
from diptych.culture.domain.editorial import queries


class OffersField(forms.CharField):
    """Numbers or addresses of offers, as they were pasted."""

    def prepare_value(self, value: Any) -> Any:
        """One a line, from the list that is kept."""
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """The numbers, in order and once each."""
        return queries.numbers_in(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other offers were chosen."""
        return list(initial or []) != queries.numbers_in(data or "")


class DepartmentsField(forms.CharField):
    """Codes of départements, between commas or spaces."""

    def prepare_value(self, value: Any) -> Any:
        """As they are typed, from the list that is kept."""
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """The codes, once each."""
        return list(dict.fromkeys((super().clean(value) or "").upper().replace(",", " ").replace(";", " ").split()))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other départements were chosen."""
        return bool(list(initial or []) != self.clean(data))


def _when() -> forms.DateTimeInput:
    "The browser's own control: Wagtail's needs a script in the page, which our policy refuses."
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ShelfForm(WagtailAdminModelForm):  # type: ignore[misc]  # Wagtail carries no types
    """A shelf as it is edited. What would break it is refused; its tone is only remarked upon."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(shelf_words.KINDS.items()))
    offers = OffersField(
        label=_("Offers"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Their addresses or numbers, one a line, in the order in which they are shown."),
    )
    search_group = forms.ChoiceField(label=_("Kind of offers"), required=False, choices=list(shelf_words.GROUPS.items()))
    search_days = forms.ChoiceField(label=_("When it happens"), required=False, choices=list(shelf_words.DAYS.items()))
    departments = DepartmentsField(
        label=_("Départements"), required=False, max_length=600, help_text=_("Their codes, such as 976, 974. None: everywhere.")
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what would break the shelf, each beside its field."""
        values: dict[str, Any] = super().clean()
        if values.get("kind"):
            for field, refusal in queries.why_not_keep(values):
                self.add_error(field if field in self.fields else None, sentence(refusal, zone="Europe/Paris"))
        return values


class WatchPanel(Panel):  # type: ignore[misc]  # Wagtail carries no types
    """What the tone guide remarks, the names of the offers chosen, and where to see the shelf as a youth."""

    class BoundPanel(Panel.BoundPanel):  # type: ignore[misc]  # the same
        """The panel on a shelf's form."""

        template_name = "backoffice/shelf_watch.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """What the template says."""
            shelf, context = self.instance, super().get_context_data(parent_context)
            context["shelf"] = shelf
            context["findings"] = [shelf_words.remark(one) for one in queries.tone_of(shelf, on=clock.now().date())]
            context["offers"] = queries.names_of(shelf.offers or ())
            context["venue"] = queries.venue_name(shelf.venue_id) if shelf.venue_id else ""
            context["viewers"] = shelf_words.VIEWERS
            return dict(context)


PANELS = ObjectList(
    [
        WatchPanel(heading=_("As it reads")),
        MultiFieldPanel(
            [FieldPanel("title"), FieldPanel("hint"), FieldPanel("kind"), FieldPanel("position")], heading=_("Shelf")
        ),
        MultiFieldPanel(
            [
                FieldPanel("offers"),
                FieldPanel("venue", widget=forms.NumberInput, help_text=_("Its number, for the shelf of a venue.")),
                FieldPanel("text", help_text=_("The words of a story, of a video or of what is put forward.")),
                FieldPanel("video_url", widget=forms.URLInput),
            ],
            heading=_("Chosen by hand"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("search_text"),
                FieldPanel("search_group"),
                FieldPanel("search_days"),
                FieldPanel("search_price", help_text=_("0: free.")),
                FieldPanel("search_duo"),
                FieldPanel("search_here"),
            ],
            heading=_("Found by a search"),
        ),
        MultiFieldPanel([FieldPanel("ages_from"), FieldPanel("ages_to"), FieldPanel("departments")], heading=_("For whom")),
        PublishingPanel(
            children=[
                FieldPanel("go_live_at", widget=_when(), help_text=_("Paris time. Once published, it waits for this date.")),
                FieldPanel("expire_at", widget=_when(), help_text=_("Paris time.")),
            ]
        ),
    ],
    base_form_class=ShelfForm,
)


class ShelfList(IndexView):  # type: ignore[misc]  # Wagtail carries no types
    """The list, without Wagtail's acts on many at once: a shelf is taken off by itself, and its journal says by whom."""

    @cached_property
    def columns(self) -> list[Any]:
        """Each column but the one of boxes to tick."""
        return [column for column in super().columns if not isinstance(column, BulkActionsCheckboxColumn)]


class ShelfScreens(SnippetViewSet):  # type: ignore[misc]  # Wagtail carries no types
    """The list, the form, the history of shelves."""

    model = queries.editable()
    index_view_class = ShelfList
    index_template_name = "backoffice/shelf_list.html"
    icon = "list-ul"
    menu_name = "shelves"
    menu_label = _("Shelves")
    add_to_admin_menu = False
    copy_view_enabled = False
    edit_handler = PANELS
    search_fields = ("title", "hint")
    ordering = ("position", "pk")
    list_display = (
        "title",
        LiveStatusTagColumn(),
        Column("kind_word", label=_("Kind"), accessor=shelf_words.kind_of),
        Column("whom", label=_("For whom"), accessor=shelf_words.whom_of),
        "position",
        UpdatedAtColumn(),
    )


def remark_on(request: HttpRequest, shelf: Any) -> None:
    """Say, once a shelf is saved, how much the tone guide remarks; the form names each."""
    from wagtail.admin import messages  # its import loads the whole admin

    count = len(queries.tone_of(shelf.get_latest_revision_as_object(), on=clock.now().date()))
    if count:
        said = ngettext(
            "The tone guide has %(n)d remark on this shelf.", "The tone guide has %(n)d remarks on this shelf.", count
        )
        messages.warning(request, gettext("Tone") + " · " + said % {"n": count})
