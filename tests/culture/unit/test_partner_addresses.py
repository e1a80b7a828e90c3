"""What an address of a partner says, hostile ones too."""

import pytest

from diptych.culture.domain.venues.operations.partners import address_of
from diptych.culture.domain.venues.terms import AddressFacts


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Billets.exemple.fr/places", AddressFacts("https", "billets.exemple.fr")),
        ("https://billets.exemple.fr:8443/places", AddressFacts("https", "billets.exemple.fr")),
        ("https://[2001:db8::1]/b", AddressFacts("https", "2001:db8::1")),
        ("https://nom:secret@billets.exemple.fr", AddressFacts("https", "billets.exemple.fr", plain=False)),
        ("https://billets.exemple.fr:0", AddressFacts("https", "billets.exemple.fr", plain=False)),
        ("https://billets.exemple.fr/un lieu", AddressFacts("https", "billets.exemple.fr", plain=False)),
        ("https://billets.exemple.fr/\u200b", AddressFacts("https", "billets.exemple.fr", plain=False)),
        ("https://billets.exemple.fr:99999", AddressFacts("", "")),
        ("https://[::1", AddressFacts("", "")),
        ("https:///places", AddressFacts("https", "")),
        ("billets.exemple.fr", AddressFacts("", "")),
    ],
)
def test_what_an_address_says(url: str, expected: AddressFacts) -> None:
    assert address_of(url) == expected
