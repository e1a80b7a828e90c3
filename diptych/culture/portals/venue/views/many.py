"""The same act on several offers: publish, withdraw, one price. Each answers for itself; what one refuses is said by its name."""

from collections import Counter

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from ..forms.offers import ManyForm
from ..mine import mine_of
from ..refusals import said

from diptych.commons.web.doors import door
from diptych.culture.domain.catalogue.operations import many
from diptych.culture.domain.people.terms import Audience


@door(Audience.VENUE)
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Do it on those chosen, and say on how many; the reasons of those that refused, each once."""
    mine, form = mine_of(request), ManyForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Choose offers, and what to do with them; a price is written such as 12,50."))
        return redirect("venue:offers")
    given = form.cleaned_data
    asked = {"offer_ids": given["ids"], "venue_ids": mine.venue_ids, "actor": mine.actor, "at": mine.at}
    if given["act"] == "price":
        result = many.price_many(**asked, price_cents=given["price"])
    elif given["act"] == "publish":
        result = many.publish_many(**asked)
    else:
        result = many.unpublish_many(**asked)
    if result.done:
        done = len(result.done)
        messages.success(request, ngettext("Done on %(n)d offer.", "Done on %(n)d offers.", done) % {"n": done})
    for reason, times in Counter(said(refusal, zone=mine.zone) for _, refusal in result.refused).items():
        refused = ngettext("%(n)d offer left as it is: %(why)s", "%(n)d offers left as they are: %(why)s", times)
        messages.error(request, refused % {"n": times, "why": reason})
    return redirect("venue:offers")
