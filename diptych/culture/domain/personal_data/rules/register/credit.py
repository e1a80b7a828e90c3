"""The register: credit, bookings, favourites; the account itself, last to go since everything points at it."""

from typing import Final

from ...terms import Category, Kept
from .accounts import PERSON
from .shapes import BOOKING, CATALOGUE, CHOICE, CREDIT, EMPTY, NULL, Row, Table, _, hidden, plain, seen

_OFFER: Final = "(select o.name from catalogue_offer o where o.id = offer_id)"

ROWS: Final = (
    Table(
        "catalogue_favourite",
        CHOICE,
        (
            *hidden("id person_id", Category.LINK),
            seen("offer_id", Category.CHOICES, _("Offer booked"), shows=_OFFER),
            seen("created_at", Category.CHOICES, _("Favourite added on")),
        ),
        title=_("Favourites kept"),
        of="person_id = %(person)s",
        row=Row.DROPPED,
        order="created_at",
    ),
    Table(
        "bookings_booking",
        BOOKING,
        (
            *hidden("id deposit_id person_id stock_id", Category.LINK, kept=Kept.ACCOUNTS),
            seen("token", Category.CHOICES, _("Code of the booking"), kept=Kept.ACCOUNTS),
            seen("offer_id", Category.CHOICES, _("Offer booked"), kept=Kept.ACCOUNTS, shows=_OFFER),
            seen("quantity", Category.CHOICES, _("Number of places"), kept=Kept.ACCOUNTS),
            seen("total_cents", Category.CREDIT, _("Price"), kept=Kept.ACCOUNTS),
            *hidden("bucket", Category.CREDIT, kept=Kept.ACCOUNTS),
            seen("status", Category.CHOICES, _("State it is in"), kept=Kept.ACCOUNTS),
            seen("booked_at", Category.CHOICES, _("Booked on"), kept=Kept.ACCOUNTS),
            seen("cancellation_limit_at", Category.CHOICES, _("May be cancelled until"), kept=Kept.ACCOUNTS),
            seen("event_at", Category.CHOICES, _("Date of the event"), kept=Kept.ACCOUNTS),
            *hidden("warned_days", Category.TRACE, NULL),
            seen("used_at", Category.CHOICES, _("Booking used on"), kept=Kept.ACCOUNTS),
            *hidden("validated_by", Category.CHOICES, kept=Kept.ACCOUNTS),
            seen("cancelled_at", Category.CHOICES, _("Cancelled on"), kept=Kept.ACCOUNTS),
            seen("cancellation", Category.CHOICES, _("Reason of the cancellation"), kept=Kept.ACCOUNTS),
            *hidden("held_until", Category.CHOICES, kept=Kept.ACCOUNTS),
            seen("tickets", Category.CHOICES, _("Tickets and seats"), "'[]'"),
            *hidden("idempotency_key", Category.TRACE, EMPTY),
            seen("entry", Category.TRACE, _("How it was found"), EMPTY),
            seen("entry_of", Category.TRACE, _("On which shelf of the home"), NULL),
        ),
        title=_("Bookings made"),
        of="person_id = %(person)s",
        row=Row.KEPT,
        order="booked_at",
    ),
    Table(
        "bookings_partnercall",
        BOOKING,
        hidden("id system_id booking_id kind barcodes made_at due_at tries ended_at gave_up", Category.LINK),
        of="booking_id in (select id from bookings_booking where person_id = %(person)s)",
        row=Row.DROPPED,
    ),
    Table(
        "catalogue_activationcode",
        BOOKING,
        (
            *hidden("id booking_id stock_id", Category.LINK, kept=Kept.ACCOUNTS),
            seen("code", Category.CHOICES, _("Code of the booking"), kept=Kept.ACCOUNTS),
            seen("expires_at", Category.CHOICES, _("Good until"), kept=Kept.ACCOUNTS),
        ),
        title=_("Activation codes received"),
        of="booking_id in (select id from bookings_booking where person_id = %(person)s)",
        row=Row.KEPT,
    ),
    Table(
        "wallet_movement",
        CREDIT,
        (
            *hidden("id debited_deposit_id credited_deposit_id booking_id", Category.LINK, kept=Kept.ACCOUNTS),
            seen("at", Category.CREDIT, _("When it was"), kept=Kept.ACCOUNTS),
            seen("kind", Category.CREDIT, _("Kind of movement"), kept=Kept.ACCOUNTS),
            seen("amount_cents", Category.CREDIT, _("Amount"), kept=Kept.ACCOUNTS),
            *hidden("debited credited bucket reference", Category.CREDIT, kept=Kept.ACCOUNTS),
        ),
        title=_("Movements of the wallet"),
        of=(
            "(debited_deposit_id in (select id from wallet_deposit where person_id = %(person)s)"
            " or credited_deposit_id in (select id from wallet_deposit where person_id = %(person)s))"
        ),
        row=Row.KEPT,
        order="at",
    ),
    Table(
        "wallet_deposit",
        CREDIT,
        (
            *hidden("id person_id", Category.LINK, kept=Kept.ACCOUNTS),
            seen("type", Category.CREDIT, _("Kind of credit"), kept=Kept.ACCOUNTS),
            *hidden("version digital_cap_cents physical_cap_cents", Category.CREDIT, kept=Kept.ACCOUNTS),
            seen("department", Category.PLACE, _("Département"), kept=Kept.STATISTICS),
            seen("created_at", Category.CREDIT, _("Credit opened on"), kept=Kept.ACCOUNTS),
            seen("expires_at", Category.CREDIT, _("Held until"), kept=Kept.ACCOUNTS),
        ),
        title=_("Credits received"),
        of="person_id = %(person)s",
        row=Row.KEPT,
        order="created_at",
    ),
    PERSON,
    Table("catalogue_stock", CATALOGUE, plain(
        "id price_cents quantity booked starts_at booking_limit_at source_id created_at deleted_at offer_id price_category_id"
    )),
)  # fmt: skip
