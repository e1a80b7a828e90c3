"""Tables of the catalogue: products, offers, price categories, stocks, shelves, favourites, what the index must read again.

Holds their constraints and the text index. Does not hold bookings, whose count each stock carries because the
constraint "never oversold" needs it in the row (bookings.verify proves that it agrees).
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from .terms import Compatibility, Confidence, OfferValidation, Subject, ValidationKind, Withdrawal

from diptych.culture.domain.venues.models import Structure, TicketingSystem, Venue


class Product(models.Model):
    """A work that many venues may sell: a book, a film, a record."""

    subcategory = models.CharField(max_length=40)
    name = models.CharField(max_length=255)
    creator = models.CharField(max_length=255, blank=True)
    """Author, director or performer, as a spine or a poster says it."""
    description = models.TextField(blank=True)
    ean = models.CharField(max_length=13, null=True, blank=True, unique=True)
    compatibility = models.CharField(max_length=24, choices=[(c, c) for c in Compatibility], default=Compatibility.COMPATIBLE)
    popularity = models.IntegerField(default=0)
    """Loans or sales a year where a source says so; orders shelves, decides nothing."""
    extra = models.JSONField(default=dict, blank=True)
    source = models.CharField(max_length=40, blank=True)
    source_id = models.CharField(max_length=160, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """What must hold whoever writes."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "source_id"], condition=~Q(source=""), name="product_one_source"),
            models.CheckConstraint(condition=Q(ean=None) | Q(ean__regex=r"^[0-9]{8,13}$"), name="product_ean"),
        ]

    def __str__(self) -> str:
        """The work's title."""
        return self.name


class Offer(models.Model):
    """What a venue proposes: an event or a thing, with its stocks."""

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="offers", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="offers")
    subcategory = models.CharField(max_length=40)
    name = models.CharField(max_length=90)
    creator = models.CharField(max_length=255, blank=True)
    description = models.TextField(blank=True, max_length=10_000)
    extra = models.JSONField(default=dict, blank=True)
    is_duo = models.BooleanField(default=False)
    url = models.URLField(max_length=500, blank=True)
    withdrawal = models.CharField(max_length=12, choices=[(w, w) for w in Withdrawal], blank=True)
    withdrawal_details = models.CharField(max_length=500, blank=True)
    duration_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    validation = models.CharField(max_length=10, choices=[(v, v) for v in OfferValidation], default=OfferValidation.DRAFT)
    validation_kind = models.CharField(max_length=24, choices=[(k, k) for k in ValidationKind], blank=True, db_default="")
    validated_price_cents = models.IntegerField(null=True, blank=True)
    """The highest price when it was last validated: the reference of the price limitation."""
    publication_at = models.DateTimeField(null=True, blank=True)
    bookings_allowed_at = models.DateTimeField(null=True, blank=True)
    accessible_audio = models.BooleanField(default=False)
    accessible_mental = models.BooleanField(default=False)
    accessible_motor = models.BooleanField(default=False)
    accessible_visual = models.BooleanField(default=False)
    cover_seed = models.BigIntegerField(default=0)
    """From which the cover is drawn when the venue gave no picture."""
    source = models.CharField(max_length=40, blank=True)
    source_id = models.CharField(max_length=160, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    words = SearchVectorField(null=True, editable=False)
    """Written by a trigger from the title, creator, description and venue."""

    class Meta:
        """What must hold whoever writes."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "source_id"], condition=~Q(source=""), name="offer_one_source"),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["words"], name="offer_words"),
            models.Index(fields=["venue", "id"], name="offer_of_venue"),
            models.Index(fields=["subcategory"], name="offer_in_subcategory"),
            models.Index(fields=["id"], name="offer_in_review", condition=Q(validation="PENDING")),
        ]

    def __str__(self) -> str:
        """The offer's title."""
        return self.name


class PartnerOffer(models.Model):
    """What a partner's program says of an offer besides what is shown: its own name for it, whom to write to, its addresses."""

    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="partner_words", primary_key=True)
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, db_index=False)
    """The offer's own, for the constraint."""
    partner = models.ForeignKey(TicketingSystem, on_delete=models.PROTECT)
    source_id = models.CharField(max_length=70, blank=True)
    has_ticket = models.BooleanField(default=False)
    booking_email = models.EmailField(blank=True)
    """Where the venue is told of bookings, and `booking_contact` whom a holder may write to."""
    booking_contact = models.EmailField(blank=True)
    office_url = models.URLField(max_length=2083, blank=True)
    video_url = models.URLField(max_length=2083, blank=True)

    class Meta:
        """A partner's name for an offer is said once a venue."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["venue", "source_id"], condition=~Q(source_id=""), name="partner_offer_one_source")
        ]


class OfferPicture(models.Model):
    """An offer's picture, drawn anew from what its venue gave: two JPEG files without metadata. Replaced, never edited: its
    number is its version."""

    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="picture")
    card = models.BinaryField()
    wide = models.BinaryField()
    credit = models.CharField(max_length=120, blank=True)
    """Whose picture it is, as the venue says it."""
    at = models.DateTimeField()

    def __str__(self) -> str:
        """The number alone."""
        return f"picture:{self.pk}"


class PriceCategory(models.Model):
    """A named price of an event: full, reduced, balcony."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="price_categories")
    label = models.CharField(max_length=50)
    price_cents = models.IntegerField()
    source_id = models.CharField(max_length=70, blank=True, db_default="")
    """A partner's own name for it."""

    class Meta:
        """What must hold whoever writes."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer", "label", "price_cents"], name="price_category_once"),
            models.UniqueConstraint(fields=["offer", "source_id"], condition=~Q(source_id=""), name="price_category_one_source"),
            models.CheckConstraint(condition=Q(price_cents__gte=0, price_cents__lte=30_000), name="price_category_range"),
        ]


class Stock(models.Model):
    """What can be booked of an offer: a date at a price, or copies of a thing. `quantity` None means unlimited."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="stocks", db_index=False)
    price_category = models.ForeignKey(PriceCategory, on_delete=models.PROTECT, null=True, blank=True)
    price_cents = models.IntegerField()
    quantity = models.IntegerField(null=True, blank=True)
    booked = models.IntegerField(default=0)
    """Places held by live bookings."""
    starts_at = models.DateTimeField(null=True, blank=True)
    booking_limit_at = models.DateTimeField(null=True, blank=True)
    source_id = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Never oversold, never below zero, never a limit after the start."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(booked__gte=0), name="stock_booked_not_negative"),
            models.CheckConstraint(condition=Q(quantity=None) | Q(booked__lte=F("quantity")), name="stock_never_oversold"),
            models.CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gte=0, quantity__lte=1_000_000), name="stock_quantity_range"
            ),
            models.CheckConstraint(condition=Q(price_cents__gte=0, price_cents__lte=30_000), name="stock_price_range"),
            models.CheckConstraint(
                condition=Q(booking_limit_at=None) | Q(starts_at=None) | Q(booking_limit_at__lte=F("starts_at")),
                name="stock_limit_before_start",
            ),
            models.UniqueConstraint(fields=["id", "offer"], name="stock_with_its_offer"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["offer", "starts_at"], name="stock_of_offer"),
            models.Index(fields=["starts_at"], name="stock_when", condition=Q(deleted_at=None)),
        ]


class ActivationCode(models.Model):
    """A code that opens a digital stock; at most one booking takes it."""

    stock = models.ForeignKey(Stock, on_delete=models.CASCADE, related_name="activation_codes")
    code = models.CharField(max_length=200)
    expires_at = models.DateTimeField(null=True, blank=True)
    booking_id = models.BigIntegerField(null=True, blank=True, unique=True)

    class Meta:
        """A code once a stock."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["stock", "code"], name="activation_code_once")]
        indexes: ClassVar = [models.Index(fields=["stock", "id"], name="activation_code_free", condition=Q(booking_id=None))]


class Shelf(models.Model):
    """A row of the home page: a title, why it is there, and a stored query or a hand-made list."""

    title = models.CharField(max_length=80)
    hint = models.CharField(max_length=80, blank=True)
    position = models.SmallIntegerField(default=0)
    query = models.JSONField(default=dict)
    """Fields of `queries.search.Criteria`, as text."""
    offers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    shown_from = models.DateTimeField()
    shown_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """The shelf's title."""
        return self.title


class Favourite(models.Model):
    """An offer that somebody keeps in sight."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourites")
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE)
    created_at = models.DateTimeField()

    class Meta:
        """Once an offer."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "offer"], name="favourite_once")]


class OfferRule(models.Model):
    """A validation rule: conditions that, held together, send an offer to review. Never edited: ended, and made anew."""

    name = models.CharField(max_length=120)
    sub_rules = models.JSONField(default=list)
    """[[model, attribute, operator, [values]], …], as `terms.SubRule`."""
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """The rule's name."""
        return self.name


class OfferReview(models.Model):
    """A judgement of an offer, by the rules or by the team; only ever added to. `rules`: names of those that held."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="reviews")
    validation = models.CharField(max_length=10, choices=[(v, v) for v in OfferValidation])
    kind = models.CharField(max_length=24, choices=[(k, k) for k in ValidationKind])
    rules = ArrayField(models.CharField(max_length=120), default=list)
    note = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        """Read by offer."""

        indexes: ClassVar = [models.Index(fields=["offer", "at"], name="offer_review_when")]


class OfferConfidence(models.Model):
    """A venue, or a structure, whose offers are approved at once or always reviewed."""

    venue = models.OneToOneField(Venue, on_delete=models.CASCADE, null=True, blank=True)
    structure = models.OneToOneField(Structure, on_delete=models.CASCADE, null=True, blank=True)
    level = models.CharField(max_length=14, choices=[(c, c) for c in Confidence])

    class Meta:
        """Of one of the two."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(venue=None, structure__isnull=False) | Q(venue__isnull=False, structure=None),
                name="offer_confidence_of_one",
            )
        ]


class PriceLimit(models.Model):
    """By how much the price of a published offer of a subcategory may move, of its reference (0.2 is 20 % either way)."""

    subcategory = models.CharField(max_length=40, primary_key=True)
    rate = models.DecimalField(max_digits=5, decimal_places=4)

    class Meta:
        """From nothing to the price itself."""

        constraints: ClassVar = [models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=1), name="price_limit_range")]


class SearchChange(models.Model):
    """What the search index must read again: an offer, a venue, an outing. Written by triggers, whoever changed what; settled by the
    indexer."""

    subject = models.CharField(max_length=6, choices=[(s, s) for s in Subject], db_default=Subject.OFFER)
    subject_id = models.BigIntegerField()
    settled_at = models.DateTimeField(null=True, blank=True)
    """Kept for a day, so that a rebuild that runs beside the live index takes them too."""

    class Meta:
        """Read by what waits, and by when it was settled."""

        indexes: ClassVar = [
            models.Index(fields=["id"], name="search_change_waiting", condition=Q(settled_at=None)),
            models.Index(fields=["settled_at"], name="search_change_settled"),
        ]
