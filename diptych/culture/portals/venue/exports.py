"""Bookings as files for a spreadsheet: CSV as Excel reads it in French (UTF-8 with BOM, semicolons), and Excel itself.

Both are written line by line. A cell never becomes a formula: what begins like one is quoted (CSV) or written as text
(Excel).
"""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils.translation import gettext_lazy as _

from .forms.bookings import STATUSES

from diptych.commons.web.formatting import cell
from diptych.culture.domain.bookings.queries import VenueBooking

COLUMNS: Final = (
    (_("Offer"), 44), (_("Venue"), 30), (_("Session"), 18), (_("Holder"), 18), (_("Places"), 8), (_("Total (€)"), 10),
    (_("Status"), 14), (_("Code"), 10), (_("Booked on"), 18), (_("Validated on"), 18), (_("Cancelled on"), 18),
)  # fmt: skip
"""Each column's title, and its width in Excel."""

MOST_ROWS: Final = 1_048_575
"""Lines of an Excel sheet, its heading apart."""


class Line:
    "What csv.writer writes to: it gives back the line."

    def write(self, line: str) -> str:
        return line


def csv_lines(bookings: Iterable[VenueBooking], *, zone: str) -> Iterator[str]:
    """The file, line by line; the mark at its head tells Excel that it is UTF-8."""
    writer = csv.writer(Line(), delimiter=";", lineterminator="\r\n")
    yield "\ufeff"
    yield writer.writerow([str(title) for title, _width in COLUMNS])
    for booking in bookings:
        yield writer.writerow([_text(value, zone) for value in _values(booking)])


def excel_file(bookings: Iterable[VenueBooking], *, zone: str) -> IO[bytes]:
    """The workbook, written row by row in a file that goes with its last reader."""
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        heading, date = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        money = book.add_format({"num_format": "0.00"})
        sheet = book.add_worksheet(str(_("Bookings")))
        sheet.freeze_panes(1, 0)
        for n, (title, width) in enumerate(COLUMNS):
            sheet.set_column(n, n, width)
            sheet.write_string(0, n, str(title), heading)
        for row, booking in enumerate(bookings, 1):
            if row > MOST_ROWS:
                break
            for n, value in enumerate(_values(booking)):
                if isinstance(value, datetime):
                    sheet.write_datetime(row, n, _local(value, zone), date)
                elif isinstance(value, float):
                    sheet.write_number(row, n, value, money)
                elif isinstance(value, int):
                    sheet.write_number(row, n, value)
                elif value:
                    sheet.write_string(row, n, str(value))
    file.seek(0)
    return file


def _values(booking: VenueBooking) -> tuple[Any, ...]:
    return (
        booking.offer_name, booking.venue_name, booking.starts_at, booking.holder, booking.quantity, booking.total_cents / 100,
        str(STATUSES[booking.status][0]), booking.token, booking.booked_at, booking.used_at, booking.cancelled_at,
    )  # fmt: skip


def _local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _text(value: Any, zone: str) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return _local(value, zone).strftime("%d/%m/%Y %H:%M")
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", ",")
    return cell(str(value))
