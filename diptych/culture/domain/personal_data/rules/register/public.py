"""The register: what is published. Names there are of works, places and structures; none is a young person's."""

from typing import Final

from .shapes import CATALOGUE, Table, plain


def _public(name: str, columns: str) -> Table:
    return Table(name, CATALOGUE, plain(columns))


_ACCESS: Final = "accessible_audio accessible_mental accessible_motor accessible_visual"

ROWS: Final = (
    _public(
        "catalogue_product",
        "id subcategory name creator description ean compatibility popularity extra source source_id edited_at",
    ),
    _public(
        "catalogue_offer",
        "id subcategory name creator description extra is_duo url withdrawal withdrawal_details duration_minutes validation validation_kind"
        " validated_price_cents"
        f" publication_at bookings_allowed_at {_ACCESS} cover_seed source source_id edited_at created_at words venue_id product_id",
    ),
    _public("catalogue_offerpicture", "id card wide credit at offer_id"),
    _public("catalogue_offerrule", "id name sub_rules created_at ended_at"),
    _public("catalogue_offerreview", "id validation kind rules note at offer_id"),
    _public("catalogue_offerconfidence", "id level venue_id structure_id"),
    _public("catalogue_pricelimit", "subcategory rate"),
    _public("catalogue_pricecategory", "id label price_cents source_id offer_id"),
    _public(
        "catalogue_partneroffer",
        "offer_id source_id has_ticket booking_email booking_contact office_url video_url partner_id venue_id",
    ),
    _public("catalogue_searchchange", "id subject subject_id settled_at"),
    _public("catalogue_shelf", "id title hint position query offers shown_from shown_until"),
    _public(
        "collective_collectiveoffer",
        "id name description formats domains levels programme starts_at ends_at booking_limit_at price_cents price_detail tickets"
        f" duration_minutes contact_email contact_phone booking_emails place place_words departments {_ACCESS} validation"
        " review_rules rejection created_at archived_at address_id partner_id school_id venue_id",
    ),
    _public("collective_collectivepicture", "id content credit at offer_id"),
    _public(
        "collective_collectivebooking",
        "id status booked_at confirmation_limit_at cancellation_limit_at confirmed_at used_at reimbursed_at cancelled_at"
        " cancellation offer_id",
    ),
    _public("venues_department", "code name region region_name population"),
    _public("venues_commune", "insee name department postcodes population latitude longitude"),
    _public("venues_address", "id commune_id postcode street folded latitude longitude made_at"),
    _public("bookings_partnerfault", "id system_id venue_id kind why at"),
    _public("bookings_partnerhealth", "system_id failures answered_at failed_at rests_until"),
    _public("venues_structure", "id siren name validation created_at"),
    _public("venues_ticketingsystem", "id name booking_url cancellation_url notification_url secret active structure_id"),
    _public("venues_partnerkey", "id prefix digest made_at ends_at partner_id"),
    _public("venues_partnervenue", "id booking_url cancellation_url notification_url made_at ended_at partner_id venue_id"),
    _public(
        "venues_venue",
        "id name siret no_siret_why activity description address postcode city department latitude longitude website phone email"
        f" {_ACCESS} source source_id edited_at created_at deleted_at commune_id structure_id ticketing_id",
    ),
    _public("venues_structuredecision", "id validation reason note at structure_id"),
    _public("venues_openinghours", "id weekday opens closes venue_id"),
    _public("venues_openingexception", "id first_day last_day hours words venue_id"),
    _public("venues_attendance", "id year total free schools under_18 from_18_to_25 venue_id"),
    _public(
        "schools_school",
        "uai name kind sector address postcode city insee department latitude longitude social_position_index source",
    ),
)
