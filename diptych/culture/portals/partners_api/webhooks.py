"""What partners tell us on their own: signed messages, each taken once. Does not hold signatures' form (gateways)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from diptych.commons import clock
from diptych.commons.web.doors import VISITOR, door
from diptych.culture.domain.eligibility.operations import finish_identity_check
from diptych.culture.gateways.identity_documents import SIGNATURE_HEADER, read_event


@csrf_exempt  # no session: the message's own signature says who sends it
@door(VISITOR)
@require_POST
def identity_documents(request: HttpRequest) -> HttpResponse:
    """An answer of the document check. The same event sent again is answered in the same way, and changes nothing."""
    at = clock.now()
    signature = request.headers.get(SIGNATURE_HEADER, "")
    event = read_event(request.body, signature=signature, secret=settings.DOCUMENTS_SECRET, at=at)
    finish_identity_check(attempt=event.attempt, answer=event.answer, event=event.id, at=at)
    return JsonResponse({"taken": event.id})
