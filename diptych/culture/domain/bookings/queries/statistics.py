"""A venue's figures: month by month what was booked, handed over, called off and worth; its most booked offers.

Counted by the database in two queries. Does not hold what is paid: reimbursements'.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

from ..models import Booking
from ..terms import Status

MONTHS = 12
MOST = 10


@dataclass(frozen=True, slots=True)
class Month:
    """A month by the venue's clock (`first`: its first day): bookings made in it, of which so many were used or called off
    since, and the cents that those used are worth."""

    first: date
    booked: int
    used: int
    cancelled: int
    used_cents: int


@dataclass(frozen=True, slots=True)
class Favourite:
    """An offer, the places booked of it and not called off, and what those are worth, in cents."""

    offer_id: int
    name: str
    places: int
    cents: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Twelve months, the present one last, and the most booked offers of that time."""

    months: tuple[Month, ...]
    favourites: tuple[Favourite, ...]


def statistics_for_venues(*, venue_ids: Collection[int], at: datetime, zone: str) -> Statistics:
    """The figures of these venues over twelve months."""
    clock = ZoneInfo(zone)
    firsts = _firsts(at.astimezone(clock).date())
    since = datetime.combine(firsts[0], datetime.min.time(), clock)
    made = Booking.objects.filter(offer__venue_id__in=venue_ids, booked_at__gte=since, booked_at__lte=at)
    used = Q(status__in=[Status.USED, Status.REIMBURSED])
    rows = made.annotate(month=TruncMonth("booked_at", tzinfo=clock)).order_by().values("month").annotate(
        booked=Count("id"), used=Count("id", filter=used), cancelled=Count("id", filter=Q(status=Status.CANCELLED)),
        cents=Coalesce(Sum("total_cents", filter=used), 0),
    )  # fmt: skip
    found = {row["month"].date(): row for row in rows}
    months = tuple(
        Month(first, row["booked"], row["used"], row["cancelled"], row["cents"])
        if (row := found.get(first)) is not None
        else Month(first, 0, 0, 0, 0)
        for first in firsts
    )
    liked = made.exclude(status=Status.CANCELLED).order_by().values("offer_id", name=F("offer__name")).annotate(
        places=Sum("quantity"), cents=Sum("total_cents")
    )  # fmt: skip
    best = tuple(Favourite(**row) for row in liked.order_by("-places", "offer_id")[:MOST])
    return Statistics(months, best)


def _firsts(today: date) -> list[date]:
    "The first days of the twelve months that end with today's."
    months = [today.year * 12 + today.month - 1 - back for back in range(MONTHS - 1, -1, -1)]
    return [date(month // 12, month % 12 + 1, 1) for month in months]
