"""What a venue is paid: every cent from a booking to a transfer, why this rate, what is to come and what waits; as files too."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from ..exports import Line
from ..mine import mine_of, page
from ..words import INVOICES, SETTLEMENTS, WAITING

from diptych.commons.web import formatting
from diptych.commons.web.doors import door
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.reimbursements import queries
from diptych.culture.domain.reimbursements.queries import PaidLine


def _rate(value: Decimal | None) -> str:
    return formatting.rate(value, language=get_language() or "fr")


def _shown(lines: list[PaidLine]) -> list[tuple[PaidLine, str, str, str]]:
    return [(one, gettext(one.name), _rate(one.rate), str(WAITING[one.why]) if one.why else "") for one in lines]


@door(Audience.VENUE)
@require_safe
def reimbursements(request: HttpRequest) -> HttpResponse:
    """The payments made, latest first, and what is to come."""
    mine = mine_of(request)
    rows = [
        (one, *INVOICES[one.paper.status], str(SETTLEMENTS[one.settlement]) if one.settlement else "")
        for one in queries.statements(person_id=mine.person_id)
    ]
    coming = queries.lines_to_come(venue_ids=mine.venue_ids, at=mine.at)
    next_day: date = queries.next_payment_day(at=mine.at)
    return page(
        request, "reimbursements", mine, rows=rows, coming=_shown(coming), next_day=next_day,
        ready=sum(one.paid_cents for one in coming if one.why is None), held=sum(one.paid_cents for one in coming if one.why),
        unpriced=queries.unpriced(venue_ids=mine.venue_ids),
    )  # fmt: skip


@door(Audience.VENUE)
@require_safe
def statement(request: HttpRequest, *, invoice_id: int) -> HttpResponse:
    """One payment: its rules, its bookings, its transfer."""
    mine = mine_of(request)
    found = queries.statement(invoice_id=invoice_id, person_id=mine.person_id)
    lines = list(queries.invoice_lines(invoice_id=invoice_id, limit=queries.MOST))
    words, tone = INVOICES[found.paper.status]
    rules = [(row, gettext(row.name), _rate(row.rate)) for row in found.paper.rows]
    return page(
        request, "statement", mine, found=found, words=words, tone=tone, rules=rules, lines=_shown(lines),
        more=len(lines) == queries.MOST, settlement=str(SETTLEMENTS[found.settlement]) if found.settlement else "",
    )  # fmt: skip


@door(Audience.VENUE)
@require_safe
def paper(request: HttpRequest, *, invoice_id: int) -> HttpResponse:
    """The paper of one, as it was made."""
    mine = mine_of(request)
    queries.statement(invoice_id=invoice_id, person_id=mine.person_id)
    reference, content = queries.invoice_file(invoice_id=invoice_id)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{reference}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@door(Audience.VENUE)
@require_safe
def as_csv(request: HttpRequest, *, invoice_id: int) -> StreamingHttpResponse:
    """Every booking of one, for a spreadsheet."""
    mine = mine_of(request)
    found = queries.statement(invoice_id=invoice_id, person_id=mine.person_id)
    response = StreamingHttpResponse(_csv(found.paper.reference, invoice_id), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.paper.reference}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _csv(reference: str, invoice_id: int) -> Iterator[str]:
    writer = csv.writer(Line(), delimiter=";", lineterminator="\r\n")
    yield "\ufeff"
    yield writer.writerow(
        [
            gettext("Reference"), gettext("Booking"), gettext("Offer"), gettext("Venue"), gettext("Validated on"), gettext("Price (€)"),
            gettext("Revenue of the year (€)"), gettext("Rule"), gettext("Rate"), gettext("Borne by the venue (€)"), gettext("Paid (€)"),
        ]
    )  # fmt: skip
    for one in queries.invoice_lines(invoice_id=invoice_id):
        used = formatting.exact(one.used_at, language="fr")
        yield writer.writerow(
            [
                reference, one.booking_id, formatting.cell(one.offer), formatting.cell(one.venue), used, _euros(one.total_cents), _euros(one.revenue_cents),
                gettext(one.name), _rate(one.rate), _euros(one.contribution_cents), _euros(one.paid_cents),
            ]
        )  # fmt: skip


def _euros(cents: int) -> str:
    return f"{cents / 100:.2f}".replace(".", ",")
