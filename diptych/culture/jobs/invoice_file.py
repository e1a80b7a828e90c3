"""The paper of an invoice: PDF/A-3b, in French, from what the invoice says and nothing else, so that it is always the same.

Holds how it is written. Does not hold what is due, nor where the file is kept. Nothing is fetched while it is made.
"""

import io
from typing import Any, Final, NoReturn

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, override

from diptych.commons.web import formatting
from diptych.culture.domain.reimbursements.queries import InvoicePaper, InvoiceRow
from diptych.culture.domain.reimbursements.terms import InvoiceKind

_STYLE: Final = """
@page { size: A4; margin: 20mm 18mm 22mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 9pt } }
body { font: 10pt/1.5 "DejaVu Sans", sans-serif; color: #1b1530 }
h1 { font-size: 19pt; margin: 0 0 1mm } .ref { color: #4a4460; margin: 0 0 8mm }
dl { margin: 0 0 8mm } dt { float: left; clear: left; width: 48mm; color: #4a4460 } dd { margin: 0 0 1mm 50mm }
table { border-collapse: collapse; width: 100% } th, td { padding: 2mm 2mm; text-align: right; border-bottom: .3mm solid #cfc8e6 }
th:first-child, td:first-child { text-align: left } th { font-size: 9pt; color: #4a4460; font-weight: normal; vertical-align: bottom }
tfoot td { font-weight: bold; border-bottom: 0; border-top: .6mm solid #1b1530 } .note { margin-top: 8mm; color: #4a4460; font-size: 9pt }
"""


def as_pdf(paper: InvoicePaper) -> bytes:
    """The paper. Twice is the same, byte for byte, with the same version of the library and the same fonts."""
    from weasyprint import HTML  # the system's pango is looked for when it is imported: only who makes a PDF needs it

    out = io.BytesIO()
    document: Any = HTML(string=as_html(paper), url_fetcher=_no_fetch)
    document.write_pdf(out, pdf_variant="pdf/a-3b", pdf_identifier=paper.reference.encode())
    return out.getvalue()


def as_html(paper: InvoicePaper) -> str:
    """The page that the PDF prints, in French."""
    with override("fr"):
        if paper.kind is InvoiceKind.INVOICE:
            title = gettext("Statement of reimbursement")
        else:
            title = gettext("Debit note")
        facts = (
            (gettext("Structure"), paper.structure_name),
            (gettext("SIREN"), paper.siren),
            (gettext("Bank account"), f"{paper.account_label} (…{paper.iban_end})"),
            (gettext("Batch"), paper.batch),
            (gettext("Bookings used before"), formatting.exact(paper.cutoff_at, language="fr")),
            (gettext("Made on"), formatting.exact(paper.issued_at, language="fr")),
        )
        heads = (
            gettext("Rule"),
            gettext("Rate"),
            gettext("Bookings"),
            gettext("Price of bookings"),
            gettext("Borne by the venue"),
            gettext("Paid"),
        )
        total = (gettext("Together"), "", str(sum(row.bookings for row in paper.rows)), *_sums(paper))
        note = gettext(
            "The credit of young people pays these bookings. The rate of its rule applies to the whole price of a booking."
        )
        made = paper.issued_at.isoformat()
        return str(
            format_html(
                '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} {reference}</title>'
                '<meta name="dcterms.created" content="{made}"><meta name="dcterms.modified" content="{made}"><style>{style}</style></head>'
                '<body><h1>{title}</h1><p class="ref">{reference}</p><dl>{facts}</dl><table><thead><tr>{heads}</tr></thead>'
                "<tbody>{rows}</tbody><tfoot><tr>{total}</tr></tfoot></table><p class=\"note\">{note}</p></body></html>",
                title=title, reference=paper.reference, made=made, style=SafeString(_STYLE),
                facts=format_html_join("", "<dt>{}</dt><dd>{}</dd>", facts), heads=format_html_join("", "<th>{}</th>", ((h,) for h in heads)),
                rows=format_html_join("", "<tr>{}</tr>", ((_cells(_row(row)),) for row in paper.rows)), total=_cells(total), note=note,
            )
        )  # fmt: skip


def _row(row: InvoiceRow) -> tuple[str, ...]:
    return (gettext(row.name), formatting.rate(row.rate, language="fr"), str(row.bookings), *_sums(row))


def _sums(of: InvoicePaper | InvoiceRow) -> tuple[str, ...]:
    return tuple(formatting.money(cents, language="fr") for cents in (of.total_cents, of.contribution_cents, of.amount_cents))


def _cells(values: tuple[str, ...]) -> SafeString:
    return format_html_join("", "<td>{}</td>", ((value,) for value in values))


def _no_fetch(url: str, *_: Any, **__: Any) -> NoReturn:
    raise ValueError("an invoice fetches nothing")
