"""An offer as schema.org JSON-LD, for search engines and assistants.

Holds the mapping and its safe writing inside a page: a block of data is not run, but "<" could still close it.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from diptych.culture.domain.catalogue.queries import OfferPage, StockLine

_TYPES = {
    "CINEMA": "ScreeningEvent", "CONCERT": "MusicEvent", "FESTIVAL": "Festival", "SHOWS": "TheaterEvent",
    "MUSEUM": "ExhibitionEvent", "VISITS": "ExhibitionEvent", "CLASSES": "EducationEvent", "WORKSHOP": "EducationEvent",
}  # fmt: skip


def linked_data(offer: OfferPage, *, url: str, picture_url: str) -> SafeString:
    """The JSON-LD of an offer's page, safe inside a `<script>`. `picture_url` is empty where the cover is drawn."""
    thing = _thing(offer, url) | ({"image": picture_url} if picture_url else {})
    text = json.dumps(thing, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return mark_safe(text)  # noqa: S308  # every letter that could end the block is escaped above


def _thing(offer: OfferPage, url: str) -> dict[str, Any]:
    open_stocks = [stock for stock in offer.stocks if not stock.is_over]
    common = {
        "@context": "https://schema.org",
        "@id": url,
        "url": url,
        "name": offer.name,
        "description": offer.description,
        "inLanguage": "fr",
    }
    if offer.is_event:
        starts = [stock.starts_at for stock in open_stocks if stock.starts_at] or [
            s.starts_at for s in offer.stocks if s.starts_at
        ]
        kind: dict[str, Any] = {"@type": _TYPES.get(offer.group, "Event"), "location": _place(offer)}
        kind["eventStatus"] = "https://schema.org/EventScheduled"
        if starts:
            kind["startDate"] = starts[0].isoformat()
            if offer.duration_minutes:
                kind["endDate"] = (starts[0] + timedelta(minutes=offer.duration_minutes)).isoformat()
                kind["duration"] = f"PT{offer.duration_minutes}M"
        if offer.creator:
            kind["performer"] = {"@type": "Thing", "name": offer.creator}
    elif offer.group == "BOOKS":
        kind = {"@type": "Book", **({"isbn": offer.ean} if offer.ean else {})}
        if offer.creator:
            kind["author"] = {"@type": "Person", "name": offer.creator}
    else:
        kind = {"@type": "Product", **({"gtin13": offer.ean} if len(offer.ean) == 13 else {})}
    return common | kind | {"offers": [_price(stock, offer, url) for stock in open_stocks[:50]]}


def _price(stock: StockLine, offer: OfferPage, url: str) -> dict[str, Any]:
    there = "https://schema.org/InStock" if stock.left is None or stock.left > 0 else "https://schema.org/SoldOut"
    line: dict[str, Any] = {
        "@type": "Offer",
        "price": f"{stock.price_cents / 100:.2f}",
        "priceCurrency": "EUR",
        "availability": there,
        "url": url,
        "seller": {"@type": "Organization", "name": offer.venue.name},
    }
    until: datetime | None = stock.booking_limit_at
    return line | ({"validThrough": until.isoformat()} if until else {})


def _place(offer: OfferPage) -> dict[str, Any]:
    venue = offer.venue
    address = {
        "@type": "PostalAddress",
        "streetAddress": venue.address,
        "postalCode": venue.postcode,
        "addressLocality": venue.city,
        "addressCountry": "FR",
    }
    place: dict[str, Any] = {"@type": "Place", "name": venue.name, "address": address}
    if venue.latitude is not None and venue.longitude is not None:
        place["geo"] = {"@type": "GeoCoordinates", "latitude": venue.latitude, "longitude": venue.longitude}
    return place
