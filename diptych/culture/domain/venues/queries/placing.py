"""Which commune a typed address means: by its postcode and the town's name.

Does not hold the open data's gazetteer, made for a million rows (`operations.gazetteer`).
"""

from ..models import Commune
from ..rules import fold


def commune_of(*, postcode: str, city: str) -> Commune | None:
    """The commune of a postcode and a name; None where there is none, or several."""
    if not postcode:
        return None
    named = [one for one in Commune.objects.filter(postcodes__contains=[postcode]) if fold(one.name) == fold(city)]
    return named[0] if len(named) == 1 else None
