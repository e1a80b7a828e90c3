"""Bank accounts for the team: those that wait, one whole, its documents, the decision. Each look inside is journalled."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from .asking import MOST_ID, actor_of
from .permits import permit
from .structure_words import ACCOUNT_STATES

from diptych.commons import clock
from diptych.commons.refusal import deny
from diptych.commons.web.doors import door
from diptych.culture.domain.people.terms import Audience, Permission
from diptych.culture.domain.reimbursements import operations, queries
from diptych.culture.domain.reimbursements.queries import OwnAccount
from diptych.culture.domain.reimbursements.terms import ACCOUNT_NOT_FOUND, AccountStatus


class MoveForm(forms.Form):
    """Where an account is taken, and what its structure is told."""

    to = forms.ChoiceField(label=_("Decision"))
    comment = forms.CharField(
        label=_("Note to its members"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: object, moves: tuple[AccountStatus, ...], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # Django's own
        self.fields["to"].choices = [(one.value, ACCOUNT_STATES[one].label) for one in moves]  # type: ignore[attr-defined]  # a choice field


def _account(account_id: int) -> OwnAccount:
    if account_id > MOST_ID:
        deny(ACCOUNT_NOT_FOUND)
    return queries.account_for_team(account_id=account_id, at=clock.now())


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_PRO_SENSITIVE_INFO)
def queue(request: HttpRequest) -> HttpResponse:
    """The accounts that wait for the team."""
    return render(request, "backoffice/bank_accounts.html", {"rows": queries.accounts_to_decide(at=clock.now())})


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_PRO_SENSITIVE_INFO)
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account; its whole IBAN is shown, and the look written in the journal."""
    found = _account(account_id)
    iban = operations.see_iban(account_id=account_id, actor=actor_of(request), at=clock.now())
    context = {"account": found, "iban": iban, "history": queries.account_history(account_id=account_id)}
    return render(request, "backoffice/bank_account.html", context | {"form": MoveForm(moves=found.moves)})


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_PRO_SENSITIVE_INFO)
def document(request: HttpRequest, account_id: int, document_id: int) -> HttpResponse:
    """A document, to save: never shown in our own pages."""
    if document_id not in {number for number, _ in _account(account_id).documents}:
        deny(ACCOUNT_NOT_FOUND)
    kind, content = operations.see_document(document_id=document_id, actor=actor_of(request), at=clock.now())
    ending = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}[kind]
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="document-{document_id}.{ending}"'
    return response


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.VALIDATE_OFFERER)
def decide(request: HttpRequest, account_id: int) -> HttpResponse:
    """Take an account where the team says."""
    form = MoveForm(request.POST, moves=_account(account_id).moves)
    if form.is_valid():
        to, comment = AccountStatus(form.cleaned_data["to"]), form.cleaned_data["comment"]
        operations.decide_bank_account(account_id=account_id, to=to, comment=comment, actor=actor_of(request), at=clock.now())
        messages.success(request, gettext("Decided."))
    else:
        messages.error(request, gettext("Choose where the account goes."))
    return redirect("backoffice:bank-account", account_id=account_id)
