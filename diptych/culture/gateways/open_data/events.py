"""Events and digital offers: the Cultural Olympiad, OpenAgenda, #CultureChezNous.

Holds three shapes and how their words become a subcategory of the catalogue. Sessions whose price is free or certain
become dates; a text that names several prices stays a text (`extra.price_text`). A paid date has no place on sale: the
venue opens it when it claims the offer.
"""

import html
import json
import re
from datetime import datetime
from typing import Any

from diptych.culture.gateways.open_data.prices import price_of
from diptych.culture.gateways.open_data.reasons import Fault, Unreadable
from diptych.culture.gateways.open_data.rows import OfferRow, SessionRow, VenueRow
from diptych.culture.gateways.open_data.shapes import Column, Shape
from diptych.culture.gateways.open_data.values import (
    commune,
    identifier,
    instant,
    latitude,
    link,
    longitude,
    postcode,
    several,
    text,
    words,
)

MOST_SESSIONS = 2_500

DISCIPLINES = (
    ("musique", "CONCERT"),
    ("danse", "SPECTACLE_REPRESENTATION"),
    ("théâtre", "SPECTACLE_REPRESENTATION"),
    ("cirque", "SPECTACLE_REPRESENTATION"),
    ("arts de la rue", "SPECTACLE_REPRESENTATION"),
    ("cinéma", "EVENEMENT_CINE"),
    ("arts visuels", "VISITE"),
    ("photographie", "VISITE"),
    ("muséal", "VISITE"),
    ("patrimoine", "EVENEMENT_PATRIMOINE"),
    ("jeux vidéo", "EVENEMENT_JEU"),
    ("débat", "CONFERENCE"),
    ("lettres", "RENCONTRE"),
    ("transdisciplinaire", "SPECTACLE_REPRESENTATION"),
)
"""The first discipline named decides."""

KEYWORDS = (
    (r"concert|musique|récital|orchestre|jazz|chorale", "CONCERT"),
    (r"théâtre|danse|spectacle|cirque|humour", "SPECTACLE_REPRESENTATION"),
    (r"projection|cinéma|film|ciné", "EVENEMENT_CINE"),
    (r"visite guidée", "VISITE_GUIDEE"),
    (r"exposition|musée|visite", "VISITE"),
    (r"atelier|stage", "ATELIER_PRATIQUE_ART"),
    (r"salon|foire", "SALON"),
    (r"conférence|débat|colloque|table ronde", "CONFERENCE"),
)

ACTIVITIES = (
    ("audio", "PODCAST"),
    ("expo", "VISITE_VIRTUELLE"),
    ("film", "VOD"),
    ("jeu", "JEU_EN_LIGNE"),
    ("livre", "LIVRE_NUMERIQUE"),
    ("lecture", "LIVRE_NUMERIQUE"),
    ("spectacle", "SPECTACLE_ENREGISTRE"),
    ("concert", "SPECTACLE_ENREGISTRE"),
)


def _first(table: tuple[tuple[str, str], ...], said: str, default: str) -> str:
    said = said.lower()
    found = [(at.start(), subcategory) for pattern, subcategory in table if (at := re.search(pattern, said))]
    return min(found)[1] if found else default


def _plain(value: Any) -> str | None:
    "Text of HTML: tags gone, paragraphs kept."
    found = text(value)
    if found is None:
        return None
    found = re.sub(r"(?i)<(?:script|style).*?(?:</(?:script|style)>|$)", "", found, flags=re.DOTALL)
    found = re.sub(r"(?i)<br\s*/?>|</(?:p|li|h\d|div)>", "\n", found)
    return re.sub(r"\n\s*\n+", "\n\n", html.unescape(re.sub(r"<[^>]*>", "", found))).strip() or None


def _offer_texts(name: str, description: str) -> tuple[str, str]:
    "A title of at most 90 characters, cut between words; what was cut opens the description."
    if len(name) <= 90:
        return name, description[:10_000]
    return f"{name[:88].rsplit(' ', 1)[0].rstrip(' ,;:')}…", f"{name}\n\n{description}"[:10_000].strip()


def _sessions(starts: "list[datetime]", price: int | None) -> tuple[SessionRow, ...]:
    if price is None:
        return ()
    return tuple(SessionRow(at.isoformat(), at, price, None if price == 0 else 0) for at in sorted(set(starts))[:MOST_SESSIONS])


def _slug(*parts: str) -> str:
    return re.sub(r"[^\w]+", "-", " ".join(parts).lower()).strip("-")[:120]


def _olympiad(
    *, line: int, surveyed: Any, source_id: str, name: str, by: Any, description: Any, starts: datetime, ends: Any, public: Any,
    place: Any, address: Any, fee: Any, fees: Any, website: Any, discipline: Any, longitude: Any, latitude: Any,
) -> Any:  # fmt: skip
    found = re.search(r"(?<![\d-])(\d{5})\s+([^,]+)", address or "")
    on_earth = latitude is not None and longitude is not None
    where = VenueRow(
        line, "jop2024", _slug(place or "", address or name), "OTHER", (place or by or name)[:255], address=(address or "")[:255],
        postcode=found[1] if found else "", city=found[2].strip()[:120] if found else "",
        latitude=latitude if on_earth else None, longitude=longitude if on_earth else None,
    )  # fmt: skip
    title, described = _offer_texts(name, description or "")
    price = 0 if fee == "Gratuit" else price_of(fees)
    extra = {key: value for key, value in (("price_text", fees), ("public", public), ("by", by)) if value}
    row = OfferRow(line, "jop2024", source_id, _first(DISCIPLINES, discipline or "", "RENCONTRE"), title, where, described,
                   sessions=_sessions([starts], price), extra=extra)  # fmt: skip
    if ends is not None and ends < starts:
        return Fault(line, "date_fin", "ended_before_start", skipped=False, found=ends.isoformat()), row
    return row


OLYMPIAD = Shape(
    name="olympiad",
    kind="events",
    title="jop2024_olympiade_culturelle_evenements.json, a JSON object of events by number",
    publisher="Paris 2024",
    form="object",
    signature=frozenset({"name", "nom_structure", "date_debut", "discipline_projet"}),
    columns=(
        Column("", "source_id", identifier, "the event's number: its key", required=True),
        Column("name", "name", words, "title", required=True),
        Column("nom_structure", "by", words, "who organises"),
        Column("presentation_projet", "description", text, "text, paragraphs"),
        Column("date_debut", "starts", instant, "start, with its offset", required=True),
        Column("date_fin", "ends", instant, "end, with its offset"),
        Column("public", "public", words, "for whom"),
        Column("lieu_presentation", "place", words, "place"),
        Column("addresse", "address", words, "address on one line, spelt so"),
        Column("tarif", "fee", words, "Gratuit or Payant"),
        Column("detail_tarif", "fees", text, "prices, as a text"),
        Column("instagram_link", "website", lambda value: None, "networks: not kept"),
        Column("discipline_projet", "discipline", words, "disciplines, separated by commas"),
        Column("longitude", "longitude", longitude, "degrees east"),
        Column("latitude", "latitude", latitude, "degrees north"),
    ),
    make=_olympiad,
    key="source_id",
)


def _identifier_of(value: str) -> int | None:
    "The id of an OpenAgenda state, itself JSON in a text."
    if not value:
        return None
    try:
        found = json.loads(value)["id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Unreadable("wrong_type") from None
    return found if isinstance(found, int) else None


def _timings(value: str) -> "list[datetime] | None":
    "Starts of the sessions, themselves a JSON list in a text."
    if not value:
        return None
    try:
        found = [instant(each["begin"]) for each in json.loads(value)[:MOST_SESSIONS]]
    except Unreadable:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Unreadable("wrong_type") from None
    return [at for at in found if at is not None]


def _coordinates(value: Any) -> tuple[float, float] | None:
    if (
        not isinstance(value, list)
        or len(value) != 2
        or not all(isinstance(v, int | float) and not isinstance(v, bool) for v in value)
    ):
        raise Unreadable("not_a_place")
    if not (-90 <= value[0] <= 90 and -180 <= value[1] <= 180):
        raise Unreadable("not_a_place")
    return round(value[0], 6), round(value[1], 6)


def _agenda(
    *, line: int, surveyed: Any, source_id: str, name: str, summary: Any, description: Any, timings: Any, state: Any, mode: Any,
    place_id: Any, place: Any, address: Any, postcode: Any, city: Any, insee: Any, where: Any, phone: Any, website: Any,
    conditions: Any, keywords: Any, accessibility: Any, page: Any, credits: Any,
) -> Any:  # fmt: skip
    if state in (4, 6):
        return Fault(line, "status", "other_sort", found="postponed" if state == 4 else "cancelled")
    if not timings:
        return Fault(line, "timings", "missing")
    venue = VenueRow(
        line, "openagenda", place_id or _slug(place or "", address or name), "OTHER", (place or name)[:255],
        address=re.sub(r",?\s*\d{5}\s.*$", "", address or "")[:255], postcode=postcode or "", city=(city or "")[:120],
        insee=insee or "", website=website or "", phone=(phone or "")[:40],
        latitude=where[0] if where else None, longitude=where[1] if where else None,
    )  # fmt: skip
    title, described = _offer_texts(name, "\n\n".join(part for part in (summary, description) if part))
    said = " ".join((name, *(keywords or ()), summary or ""))
    extra = {key: value for key, value in (("price_text", conditions), ("page", page), ("credits", credits)) if value}
    online = mode == 2 and bool(page)
    helped = set(accessibility or ())
    subcategory = "RENCONTRE_EN_LIGNE" if online else _first(KEYWORDS, said, "RENCONTRE")
    return OfferRow(
        line, "openagenda", source_id, subcategory, title, venue, described, url=page if online else "",
        sessions=_sessions(timings, price_of(conditions)), accessible_audio="hi" in helped,
        accessible_visual="vi" in helped, accessible_motor="mi" in helped,
        accessible_mental=bool({"ii", "pi"} & helped), extra=extra,
    )  # fmt: skip


AGENDA = Shape(
    name="agenda",
    kind="events",
    title="an OpenAgenda export, JSON with records and their fields",
    publisher="OpenAgenda, by OpenDataSoft",
    form="records",
    signature=frozenset({"uid", "title_fr", "timings"}),
    columns=(
        Column("uid", "source_id", identifier, "the event's identifier", required=True),
        Column("title_fr", "name", words, "title", required=True),
        Column("description_fr", "summary", text, "summary"),
        Column("longdescription_fr", "description", _plain, "text, in HTML"),
        Column("timings", "timings", _timings, "begin and end of each session, JSON in a text"),
        Column("status", "state", _identifier_of, "1 planned, 4 postponed, 6 cancelled; JSON in a text"),
        Column("attendancemode", "mode", _identifier_of, "1 on the spot, 2 online, 3 both; JSON in a text"),
        Column("location_uid", "place_id", identifier, "the place's identifier"),
        Column("location_name", "place", words, "the place"),
        Column("location_address", "address", words, "address on one line"),
        Column("location_postalcode", "postcode", postcode, "postcode"),
        Column("location_city", "city", words, "commune"),
        Column("location_insee", "insee", commune, "INSEE code"),
        Column("location_coordinates", "where", _coordinates, "latitude, longitude", raw=True),
        Column("location_phone", "phone", words, "the place's telephone"),
        Column("location_website", "website", link, "the place's website"),
        Column("conditions_fr", "conditions", text, "conditions and prices, as a text"),
        Column("keywords_fr", "keywords", several, "keywords"),
        Column("accessibility", "accessibility", several, "hi hearing, vi sight, mi movement, ii and pi mind"),
        Column("canonicalurl", "page", link, "the event's page"),
        Column("imagecredits", "credits", words, "whose picture it is"),
    ),
    make=_agenda,
    key="source_id",
)


def _digital(
    *, line: int, surveyed: Any, source_id: str, by: str, postcode: Any, city: Any, url: str, level: Any, name: str,
    activity: Any, public: Any, types: Any, themes: Any, handicaps: Any, time: Any,
) -> OfferRow:  # fmt: skip
    organisation = VenueRow(
        line, "culturecheznous", _slug(by, postcode or ""), "DIGITAL", by[:255], postcode=postcode or "", city=city or ""
    )
    facts = [types, f"Thèmes : {themes}" if themes else "", f"Public : {public}" if public else "",
             f"Niveau : {level}" if level else "", time, f"Accessibilité : {handicaps}" if handicaps else ""]  # fmt: skip
    title, described = _offer_texts(f"{name} – {by}" if len(name) < 30 else name, "\n".join(fact for fact in facts if fact))
    helped = (handicaps or "").lower()
    return OfferRow(
        line, "culturecheznous", source_id, _first(ACTIVITIES, activity or "", "APP_CULTURELLE"), title, organisation, described,
        url=url, sessions=(SessionRow("permanent", None, 0, None),),
        accessible_audio=any(word in helped for word in ("sous-titr", "lsf", "langue des signes")),
        accessible_visual="audiodescription" in helped or "lecteur d" in helped, accessible_mental="facile à lire" in helped,
        accessible_motor="clavier" in helped,
        extra={key: value for key, value in (("public", public), ("activity", activity)) if value},
    )  # fmt: skip


DIGITAL = Shape(
    name="digital",
    kind="events",
    title="culturecheznous.csv, separated by commas",
    publisher="Ministère de la Culture",
    separator=",",
    columns=(
        Column("Identifiant (ID)", "source_id", identifier, "number", required=True),
        Column("Nom de l'organisme", "by", words, "who offers it", required=True),
        Column("Code postal", "postcode", postcode, "postcode of the organisation"),
        Column("Commune", "city", words, "its commune"),
        Column("Lien vers la ressource", "url", link, "web address", required=True),
        Column('si "enfants", merci de préciser le niveau scolaire', "level", words, "school levels, separated by |"),
        Column("Titre de la ressource", "name", words, "title", required=True),
        Column("Activité proposée (apprendre, se divertir, s’informer,...)", "activity", words, "one of nine activities"),
        Column("Public cible", "public", words, "for whom"),
        Column("Types de ressources proposées", "types", words, "what it is"),
        Column("Thématiques", "themes", words, "themes, separated by commas"),
        Column("Contenus adaptés aux types de handicap", "handicaps", words, "what is adapted"),
        Column("Temps d’activité estimé (lecture, écoute, visionnage, jeu)", "time", words, "how long it takes"),
    ),
    make=_digital,
    key="source_id",
)
