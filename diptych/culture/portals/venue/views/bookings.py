"""A venue's bookings: the list, and the same as files."""

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from ..exports import csv_lines, excel_file
from ..forms.bookings import STATUSES, BookingsFilter
from ..mine import Mine, mine_of, page

from diptych.commons.web.doors import door
from diptych.commons.web.paging import Pages
from diptych.culture.domain.bookings.queries import bookings_for_venues, export_for_venues
from diptych.culture.domain.bookings.terms import Narrowing
from diptych.culture.domain.people.terms import Audience

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request: HttpRequest, mine: Mine) -> tuple[BookingsFilter, Narrowing]:
    form = BookingsFilter(request.GET, venues=mine.venues)
    return form, form.asked(zone=mine.zone)


@door(Audience.VENUE)
@require_safe
def bookings(request: HttpRequest) -> HttpResponse:
    """The list, latest first."""
    mine = mine_of(request)
    form, asked = _asked(request, mine)
    number = request.GET.get("page", "1")
    wanted = int(number) if number.isdecimal() and len(number) < 7 else 1
    found = bookings_for_venues(venue_ids=mine.venue_ids, asked=asked, page=wanted)
    query = request.GET.copy()
    query.pop("page", None)
    return page(
        request, "bookings", mine, form=form, rows=[(row, *STATUSES[row.status]) for row in found.rows], total=found.total,
        pages=Pages(found.page, found.pages), query=query.urlencode(), narrowed=asked != Narrowing(),
    )  # fmt: skip


@door(Audience.VENUE)
@require_safe
def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The whole list as CSV, streamed."""
    mine = mine_of(request)
    _form, asked = _asked(request, mine)
    rows = export_for_venues(venue_ids=mine.venue_ids, asked=asked)
    response = StreamingHttpResponse(csv_lines(rows, zone=mine.zone), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="reservations-{mine.at:%Y-%m-%d}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@door(Audience.VENUE)
@require_safe
def as_excel(request: HttpRequest) -> FileResponse:
    """The whole list as an Excel workbook."""
    mine = mine_of(request)
    _form, asked = _asked(request, mine)
    rows = export_for_venues(venue_ids=mine.venue_ids, asked=asked)
    name = f"reservations-{mine.at:%Y-%m-%d}.xlsx"
    response = FileResponse(excel_file(rows, zone=mine.zone), as_attachment=True, filename=name, content_type=EXCEL)
    response.headers["Cache-Control"] = "private, no-store"
    return response
