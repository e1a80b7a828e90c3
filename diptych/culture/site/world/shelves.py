"""The editor of the demo's world and her shelves: a home that tells a story, one shelf for Mayotte, one for next week, one draft
that the tone guide would say otherwise.

Each act is the chapter's own operation. Nobody here exists.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from allauth.mfa.totp.internal.auth import TOTP

from .venues import HALLES, MELIES

from diptych.culture.domain.catalogue.models import Offer
from diptych.culture.domain.editorial import operations
from diptych.culture.domain.editorial.terms import Days, ShelfKind
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import Role, StaffRole
from diptych.culture.domain.venues.models import Venue

_STORY: Final = """Au premier rang, on entend les danseurs respirer. Au dernier, on voit toute la scène d’un coup.

Lina, 17 ans, est allée voir son premier ballet avec sa cousine : « Je pensais que ce n’était pas pour moi. À l’entracte, on en parlait encore. »

Choisis une date, prends deux places, et raconte-nous."""

LIVE: Final[tuple[dict[str, Any], ...]] = (
    {"title": "Ce week-end, près de toi", "hint": "samedi et dimanche", "kind": ShelfKind.WEEKEND},
    {"title": "Premiers pas au spectacle", "hint": "à moins de 10 euros la place", "kind": ShelfKind.THEME, "search_group": "SHOWS", "search_price": 9},
    {"title": "Son premier ballet", "hint": "Lina raconte sa soirée", "kind": ShelfKind.STORY, "text": _STORY, "search_group": "SHOWS"},
    {"title": "Concerts à deux", "hint": "une place pour toi, une pour qui tu veux", "kind": ShelfKind.QUERY, "search_group": "CONCERT", "search_duo": True},
    {"title": "Entrée libre", "hint": "ton crédit ne bouge pas", "kind": ShelfKind.QUERY, "search_price": 0, "search_days": Days.MONTH},
    {"title": "Mettre les mains dedans", "hint": "ateliers et séances d’essai", "kind": ShelfKind.THEME, "search_group": "WORKSHOP"},
)  # fmt: skip
NEXT_WEEK: Final[dict[str, Any]] = {
    "title": "Décembre au cinéma", "hint": "les séances des sept jours", "kind": ShelfKind.QUERY, "search_group": "CINEMA", "search_days": Days.WEEK,
}  # fmt: skip
DRAFT: Final[dict[str, Any]] = {
    "title": "DÉCOUVREZ NOS PÉPITES !", "hint": "Chers jeunes, profitez vite de vos 300 € : un bon plan à ne pas manquer !!",
    "kind": ShelfKind.QUERY, "search_group": "FESTIVAL", "ages_from": 15, "ages_to": 17,
}  # fmt: skip


def hire_the_editor(password: str, *, totp_secret: str, at: datetime) -> None:
    """Maëlle, who composes the home."""
    maelle = Person.objects.create(
        email="maelle@equipe.exemple.fr", password=password, first_name="Maëlle", last_name="Riou", roles=[Role.ADMIN],
        staff_roles=[StaffRole.PROGRAMMATION_MARKET], registered_at=at - timedelta(days=150), email_validated_at=at - timedelta(days=150),
    )  # fmt: skip
    TOTP.activate(maelle, totp_secret)
    by = maelle.pk
    for position, fields in enumerate([*LIVE[:3], *_by_hand(), *LIVE[3:]], start=1):
        operations.publish(shelf_id=operations.compose(by=by, fields=fields | {"position": position * 10}), by=by)
    monday = at.astimezone(ZoneInfo("Europe/Paris")).replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(
        days=7 - at.weekday()
    )
    operations.publish(shelf_id=operations.compose(by=by, fields=NEXT_WEEK | {"position": 5, "go_live_at": monday}), by=by)
    operations.compose(by=by, fields=DRAFT | {"position": 90})


def _by_hand() -> list[dict[str, Any]]:
    "What names offers and venues of this world."
    books = (
        Offer.objects.filter(venue__name=HALLES, subcategory="LIVRE_PAPIER").order_by("pk").values_list("pk", flat=True)[20:32]
    )
    cinema = Venue.objects.filter(name=MELIES, structure__isnull=False).order_by("pk").first()
    online = Offer.objects.exclude(url="").order_by("pk").values_list("pk", flat=True)[:12]
    return [
        {"title": "De chez toi, à Mayotte", "hint": "en ligne, tout de suite", "kind": ShelfKind.HAND_PICKED, "offers": list(online), "departments": ["976"]},
        {"title": "Choisis par Claire, libraire", "hint": f"à la {HALLES}", "kind": ShelfKind.HAND_PICKED, "offers": list(books)},
        {"title": "Au Méliès", "hint": "toutes ses séances", "kind": ShelfKind.VENUE, "venue": cinema},
    ]  # fmt: skip
