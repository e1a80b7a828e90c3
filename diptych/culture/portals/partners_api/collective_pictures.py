"""The address of a collective offer's picture, which the contract wants open to all."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from diptych.commons.web.doors import VISITOR, door
from diptych.culture.domain.collective.queries.pictures import shown_picture


@door(VISITOR)
@require_safe
def picture(request: HttpRequest, picture_id: int) -> HttpResponse:
    """The picture of an offer that is shown to its school."""
    content = shown_picture(picture_id=picture_id)
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "public, max-age=86400"})
