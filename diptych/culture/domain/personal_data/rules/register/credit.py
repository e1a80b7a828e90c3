"""The register: credit, bookings, favourites; the account itself, last to go since everything points at it."""

from typing import Final

from ...terms import Category, Kept
from .accounts import PERSON
from .shapes import BOOKING, CATALOGUE, CHOICE, CREDIT, EMPTY, NULL, Row, Table, hidden, plain, seen

_OFFER: Final = "(select o.name from catalogue_offer o where o.id = offer_id)"

ROWS: Final = (
    Table(
        "catalogue_favourite",
        CHOICE,
        (
            *hidden("id person_id", Category.LINK),
            seen("offer_id", Category.CHOICES, "Offre", shows=_OFFER),
            seen("created_at", Category.CHOICES, "Ajoutée le"),
        ),
        title="Favoris",
        of="person_id = %(person)s",
        row=Row.DROPPED,
        order="created_at",
    ),
    Table(
        "bookings_booking",
        BOOKING,
        (
            *hidden("id deposit_id person_id stock_id", Category.LINK, kept=Kept.ACCOUNTS),
            seen("token", Category.CHOICES, "Code", kept=Kept.ACCOUNTS),
            seen("offer_id", Category.CHOICES, "Offre", kept=Kept.ACCOUNTS, shows=_OFFER),
            seen("quantity", Category.CHOICES, "Places", kept=Kept.ACCOUNTS),
            seen("total_cents", Category.CREDIT, "Prix (centimes)", kept=Kept.ACCOUNTS),
            *hidden("bucket", Category.CREDIT, kept=Kept.ACCOUNTS),
            seen("status", Category.CHOICES, "État", kept=Kept.ACCOUNTS),
            seen("booked_at", Category.CHOICES, "Réservée le", kept=Kept.ACCOUNTS),
            seen("cancellation_limit_at", Category.CHOICES, "Annulable jusqu’au", kept=Kept.ACCOUNTS),
            seen("event_at", Category.CHOICES, "Date de l’événement", kept=Kept.ACCOUNTS),
            *hidden("warned_days", Category.TRACE, NULL),
            seen("used_at", Category.CHOICES, "Utilisée le", kept=Kept.ACCOUNTS),
            *hidden("validated_by", Category.CHOICES, kept=Kept.ACCOUNTS),
            seen("cancelled_at", Category.CHOICES, "Annulée le", kept=Kept.ACCOUNTS),
            seen("cancellation", Category.CHOICES, "Raison de l’annulation", kept=Kept.ACCOUNTS),
            *hidden("held_until", Category.CHOICES, kept=Kept.ACCOUNTS),
            seen("tickets", Category.CHOICES, "Billets et places assises", "'[]'"),
            *hidden("idempotency_key", Category.TRACE, EMPTY),
        ),
        title="Réservations",
        of="person_id = %(person)s",
        row=Row.KEPT,
        order="booked_at",
    ),
    Table(
        "catalogue_activationcode",
        BOOKING,
        (
            *hidden("id booking_id stock_id", Category.LINK, kept=Kept.ACCOUNTS),
            seen("code", Category.CHOICES, "Code", kept=Kept.ACCOUNTS),
            seen("expires_at", Category.CHOICES, "Valable jusqu’au", kept=Kept.ACCOUNTS),
        ),
        title="Codes d’activation reçus",
        of="booking_id in (select id from bookings_booking where person_id = %(person)s)",
        row=Row.KEPT,
    ),
    Table(
        "wallet_movement",
        CREDIT,
        (
            *hidden("id debited_deposit_id credited_deposit_id booking_id", Category.LINK, kept=Kept.ACCOUNTS),
            seen("at", Category.CREDIT, "Quand", kept=Kept.ACCOUNTS),
            seen("kind", Category.CREDIT, "Mouvement", kept=Kept.ACCOUNTS),
            seen("amount_cents", Category.CREDIT, "Montant (centimes)", kept=Kept.ACCOUNTS),
            *hidden("debited credited bucket reference", Category.CREDIT, kept=Kept.ACCOUNTS),
        ),
        title="Mouvements du portefeuille",
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
            seen("type", Category.CREDIT, "Crédit", kept=Kept.ACCOUNTS),
            *hidden("version digital_cap_cents physical_cap_cents", Category.CREDIT, kept=Kept.ACCOUNTS),
            seen("department", Category.PLACE, "Département", kept=Kept.STATISTICS),
            seen("created_at", Category.CREDIT, "Ouvert le", kept=Kept.ACCOUNTS),
            seen("expires_at", Category.CREDIT, "Jusqu’au", kept=Kept.ACCOUNTS),
        ),
        title="Crédits",
        of="person_id = %(person)s",
        row=Row.KEPT,
        order="created_at",
    ),
    PERSON,
    Table("catalogue_stock", CATALOGUE, plain(
        "id price_cents quantity booked starts_at booking_limit_at source_id created_at deleted_at offer_id price_category_id"
    )),
)  # fmt: skip
