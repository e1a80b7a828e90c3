"""Pages of the back office: dead letters, journal, an account, a booking. For staff, whose session has its second factor.

Each look at somebody's data is written in the journal before it is shown. Does not hold rules.
"""

from django.contrib import messages
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from .asking import actor_of
from .forms import AccountForm, BookingForm, JournalForm, OpenAgainForm, ReplayForm, SuspendForm
from .permits import permit

from diptych.commons import clock, journal, outbox
from diptych.commons.refusal import deny
from diptych.commons.web.doors import door
from diptych.culture.domain.bookings.operations.looking import look_at as look_at_booking
from diptych.culture.domain.people import operations as people
from diptych.culture.domain.people import queries
from diptych.culture.domain.people.terms import NOT_FOUND, WHY_MISSING, Audience, Permission
from diptych.culture.domain.personal_data import operations as personal_data
from diptych.culture.domain.venues.queries import waiting_structures
from diptych.culture.domain.wallet.queries import wallet_of

LETTERS = 200
ENTRIES = 50


@door(Audience.STAFF)
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the team."""
    with connection.cursor() as cursor:
        dead = outbox.dead_letters(cursor, limit=LETTERS)
        latest = journal.entries(cursor, limit=5)
    return render(request, "backoffice/home.html", {"dead": len(dead), "latest": latest, "structures": waiting_structures()})


@door(Audience.STAFF)
@never_cache
def letters(request: HttpRequest) -> HttpResponse:
    """The messages that no attempt could deliver."""
    with connection.cursor() as cursor:
        rows = outbox.dead_letters(cursor, limit=LETTERS)
    names = ("id", "topic", "key", "written_at", "attempts", "fault")
    return render(request, "backoffice/letters.html", {"letters": [dict(zip(names, row, strict=True)) for row in rows]})


@door(Audience.STAFF)
@never_cache
@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    """Put dead letters back in line, once the person is sure."""
    with connection.cursor() as cursor:
        known = [row[0] for row in outbox.dead_letters(cursor, limit=100_000)]
    form = ReplayForm(request.POST, known=known)
    ids = (known if form.cleaned_data["all_of_them"] else form.cleaned_data["ids"]) if form.is_valid() else []
    if not ids:
        messages.info(request, gettext("Choose the messages to replay."))
        return redirect("backoffice:letters")
    if not form.cleaned_data["sure"]:
        return render(request, "backoffice/replay.html", {"ids": ids})
    at = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        done = outbox.replay(cursor, ids=ids, at=at)
        for number in ids:
            journal.write(cursor, actor=actor_of(request), act="outbox.replay", subject=f"message:{number}", at=at)
    messages.success(request, ngettext("%(n)d message is back in line.", "%(n)d messages are back in line.", done) % {"n": done})
    return redirect("backoffice:letters")


@door(Audience.STAFF)
@never_cache
def journal_page(request: HttpRequest) -> HttpResponse:
    """Who did what to whom."""
    form = JournalForm(request.GET)
    words = form.cleaned_data if form.is_valid() else {}
    before = request.GET.get("before", "")
    with connection.cursor() as cursor:
        found = journal.entries(
            cursor, **words, before=int(before) if before.isdecimal() and len(before) < 18 else 0, limit=ENTRIES + 1
        )
    older = found[ENTRIES - 1].id if len(found) > ENTRIES else None
    query = request.GET.copy()
    query.pop("before", None)
    return render(
        request, "backoffice/journal.html", {"form": form, "entries": found[:ENTRIES], "older": older, "query": query.urlencode()}
    )


@door(Audience.STAFF)
@never_cache
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Recompute the journal's chain now."""
    with connection.cursor() as cursor:
        verdict = journal.verify(cursor)
    if verdict.fault:
        messages.error(request, gettext("The journal is broken at entry %(n)d.") % {"n": verdict.broken_at})
    else:
        messages.success(
            request,
            ngettext("%(n)d entry, and the chain holds.", "%(n)d entries, and the chain holds.", verdict.entries)
            % {"n": verdict.entries},
        )
    return redirect("backoffice:journal")


@door(Audience.STAFF)
@never_cache
@permit(Permission.READ_PUBLIC_ACCOUNT)
def accounts(request: HttpRequest) -> HttpResponse:
    """One account, by number or exact address."""
    form = AccountForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "backoffice/accounts.html", {"form": form})
    who = form.cleaned_data["who"].strip()
    person_id = int(who) if who.isdecimal() and len(who) < 18 else queries.person_id_of(email=who)
    if person_id is None:
        deny(NOT_FOUND)
    at = clock.now()
    people.look_at(person_id=person_id, actor=actor_of(request), at=at)
    account = queries.account_of(person_id=person_id, at=at)
    context = {"form": form, "account": account, "wallet": wallet_of(person_id=person_id, at=at)}
    return render(request, "backoffice/accounts.html", context | {"suspend": SuspendForm(initial={"person_id": person_id})})


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.SUSPEND_USER, unless={"again": Permission.UNSUSPEND_USER})
def suspend(request: HttpRequest) -> HttpResponse:
    """Suspend an account, or open it again (`again` in the form). Goes back to a youth's file where it came from one."""
    form = OpenAgainForm(request.POST) if "again" in request.POST else SuspendForm(request.POST)
    if not form.is_valid():
        deny(WHY_MISSING if "person_id" in form.cleaned_data else NOT_FOUND)
    sent, at = form.cleaned_data, clock.now()
    if "again" in request.POST:
        personal_data.reopen(person_id=sent["person_id"], actor=actor_of(request), why=sent["why"], at=at)
        messages.success(request, gettext("The account is open again."))
    else:
        people.suspend(person_id=sent["person_id"], reason=sent["reason"], actor=actor_of(request), why=sent["why"], at=at)
        messages.success(request, gettext("The account is suspended, and signed out everywhere."))
    if "file" in request.POST:
        return redirect("backoffice:youth", person_id=sent["person_id"])
    return redirect("backoffice:accounts")


@door(Audience.STAFF)
@never_cache
def bookings(request: HttpRequest) -> HttpResponse:
    """One booking, by its code."""
    form = BookingForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "backoffice/bookings.html", {"form": form})
    looked = look_at_booking(token=form.cleaned_data["token"], actor=actor_of(request), at=clock.now())
    return render(request, "backoffice/bookings.html", {"form": form, "ticket": looked.ticket, "person_id": looked.person_id})
