"""The words of letters to the members of structures, and to those who are invited. To professionals alone: *vous*.

Holds words only: who is written to and when is `venue_mail`'s.
"""

from typing import Final

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from .letters import Words

from diptych.culture.domain.reimbursements.terms import AccountStatus
from diptych.culture.domain.venues.terms import Rejection, Validation

REASONS: Final = {
    Rejection.ELIGIBILITY: _("what it offers is not eligible for the pass"),
    Rejection.ERROR: _("it was signed up by mistake"),
    Rejection.ADAGE_DECLINED: _("its listing for schools was declined"),
    Rejection.OUT_OF_TIME: _("we had no answer in time"),
    Rejection.NON_RECEIVED_DOCS: _("the documents asked for did not come"),
    Rejection.CLOSED_BUSINESS: _("its business is closed"),
    Rejection.OTHER: _("see the note"),
}
"""The back office's reasons, as its members read them."""


def decided(youth: bool, *, name: str, validation: str, reason: str, note: str) -> Words:
    """What the back office decided of a structure."""
    action = pgettext("to a professional", "See what is next")
    told = (note,) if note else ()
    if validation == Validation.VALIDATED:
        return Words(
            pgettext("to a professional", "{name} is validated").format(name=name),
            (pgettext("to a professional", "Your offers can now be published and booked."), *told),
            action,
        )
    if validation == Validation.PENDING:
        return Words(
            pgettext("to a professional", "{name} is being examined").format(name=name),
            (
                pgettext(
                    "to a professional",
                    "Somebody of the team examines your file. Until it ends you may prepare offers; none can be published.",
                ),
                *told,
            ),
            action,
        )
    why = pgettext("to a professional", "The reason: {reason}.").format(reason=REASONS[Rejection(reason)])
    if validation == Validation.CLOSED:
        title = pgettext("to a professional", "{name} is closed").format(name=name)
        then = pgettext("to a professional", "Its offers are no longer shown. Bookings already made are honoured and paid.")
    else:
        title = pgettext("to a professional", "{name} is not accepted").format(name=name)
        then = pgettext("to a professional", "If this is a mistake, or if something changed, give the same SIREN again.")
    return Words(title, (why, then, *told), action)


def invited(youth: bool, *, name: str) -> Words:
    """Somebody is asked to join a structure."""
    return Words(
        pgettext("to a professional", "Join {name} on Diptych").format(name=name),
        (
            pgettext("to a professional", "A member of {name} invites you to act for it: offers, bookings, counter.").format(
                name=name
            ),
            pgettext("to a professional", "The link works once, for 14 days. You do not know them? Do nothing."),
        ),
        pgettext("to a professional", "See the invitation"),
    )


def asked(youth: bool, *, name: str) -> Words:
    """Somebody asks to join."""
    return Words(
        pgettext("to a professional", "Somebody asks to join {name}").format(name=name),
        (pgettext("to a professional", "They wait for your answer: until then they see nothing of your structure."),),
        pgettext("to a professional", "Answer"),
    )


def answered(youth: bool, *, name: str, accepted: bool) -> Words:
    """The answer to somebody who asked to join."""
    if accepted:
        return Words(
            pgettext("to a professional", "You are a member of {name}").format(name=name),
            (pgettext("to a professional", "You can now act for its venues."),),
            gettext("Open Diptych"),
        )
    return Words(
        pgettext("to a professional", "{name} did not accept your request").format(name=name),
        (pgettext("to a professional", "Write to somebody there if this is a mistake."),),
    )


def bank_account(youth: bool, *, label: str, status: str, comment: str) -> Words:
    """Where the team stands with a bank account."""
    action, told = pgettext("to a professional", "See the account"), (comment,) if comment else ()
    if status == AccountStatus.ACCEPTED:
        title, then = (
            pgettext("to a professional", "Bank account accepted: {label}"),
            pgettext("to a professional", "What is due to the venues linked to it will be paid there."),
        )
    elif status == AccountStatus.TO_CORRECT:
        title, then = (
            pgettext("to a professional", "Bank account to correct: {label}"),
            pgettext("to a professional", "Something is missing or cannot be read. What is due to you waits."),
        )
    else:
        title, then = (
            pgettext("to a professional", "Bank account not accepted: {label}"),
            pgettext("to a professional", "Nothing will be paid there. Give another, and link your venues to it."),
        )
    return Words(title.format(label=label), (then, *told), action)


def invoiced(youth: bool, *, owed: bool, reference: str, batch: str) -> Words:
    """An invoice is there, or a debit note. No amount: a letter may be read by others."""
    if owed:
        return Words(
            pgettext("to a professional", "Debit note {reference}").format(reference=reference),
            (
                pgettext("to a professional", "More was paid to you than was due, and no later payment made up for it."),
                pgettext(
                    "to a professional", "The page says which bookings. Write back to this e-mail to agree on how to pay it back."
                ),
            ),
            pgettext("to a professional", "See the debit note"),
        )
    return Words(
        pgettext("to a professional", "Your invoice {reference} is there").format(reference=reference),
        (
            pgettext("to a professional", "It says what the payment {batch} brings you, booking by booking.").format(batch=batch),
            pgettext("to a professional", "The transfer follows within some days."),
        ),
        pgettext("to a professional", "See the invoice"),
    )
