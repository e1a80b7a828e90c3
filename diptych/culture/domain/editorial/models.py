"""Tables of the editorial chapter: the shelf. Its drafts, versions and dates are Wagtail's (docs/decisions).

Does not hold what is shown of it: queries do.
"""

from typing import Any, ClassVar

from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, RevisionMixin

from .terms import LONGEST_HINT, LONGEST_TITLE, OLDEST, YOUNGEST, Days, ShelfKind

from diptych.culture.domain.catalogue.rules.subcategories import SearchGroup
from diptych.culture.domain.venues.models import Venue


class Shelf(DraftStateMixin, RevisionMixin, models.Model):  # type: ignore[misc]  # Wagtail carries no types
    """A row of the youth's home: what it shows, whom it is for. A row that is not `live` is a draft, was taken off, or waits
    for its date; `go_live_at` and `expire_at` are its dates."""

    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    hint = models.CharField(_("why it is there"), max_length=LONGEST_HINT, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=[(k, k) for k in ShelfKind])
    position = models.PositiveSmallIntegerField(_("place on the home"), default=50)
    offers = ArrayField(models.BigIntegerField(), verbose_name=_("offers"), default=list, blank=True)
    """Numbers of offers, in order; one that is no longer shown is passed over."""
    venue = models.ForeignKey(Venue, verbose_name=_("venue"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    search_text = models.CharField(_("words to look for"), max_length=100, blank=True)
    search_group = models.CharField(_("kind of offers"), max_length=16, choices=[(g, g) for g in SearchGroup], blank=True)
    search_days = models.CharField(_("when it happens"), max_length=8, choices=[(d, d) for d in Days if d], blank=True)
    search_price = models.PositiveSmallIntegerField(_("at most, in euros"), null=True, blank=True)
    search_duo = models.BooleanField(_("for two"), default=False)
    search_here = models.BooleanField(_("near who looks"), default=True)
    text = models.TextField(_("text"), max_length=4000, blank=True)
    video_url = models.URLField(_("address of the video"), max_length=300, blank=True)
    ages_from = models.PositiveSmallIntegerField(_("from the age of"), null=True, blank=True)
    ages_to = models.PositiveSmallIntegerField(_("to the age of"), null=True, blank=True)
    departments = ArrayField(models.CharField(max_length=3), verbose_name=_("départements"), default=list, blank=True)
    """Empty: everywhere."""

    _revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="shelf",
        for_concrete_model=False,
    )

    class Meta:
        """Ages in order and in range; read by place."""

        verbose_name = _("shelf")
        verbose_name_plural = _("shelves")
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ages_from=None) | Q(ages_from__gte=YOUNGEST, ages_from__lte=OLDEST), name="shelf_youngest"
            ),
            models.CheckConstraint(
                condition=Q(ages_to=None) | Q(ages_to__gte=YOUNGEST, ages_to__lte=OLDEST), name="shelf_oldest"
            ),
            models.CheckConstraint(
                condition=Q(ages_from=None) | Q(ages_to=None) | Q(ages_to__gte=F("ages_from")), name="shelf_ages_in_order"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["position"], name="shelf_live", condition=Q(live=True))]

    def __str__(self) -> str:
        """The shelf's title."""
        return self.title

    @property
    def revisions(self) -> Any:
        """Its versions, as Wagtail finds them."""
        return self._revisions
