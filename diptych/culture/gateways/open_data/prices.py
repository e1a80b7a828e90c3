"""Prices: the one price that a free text says, if it says one for certain.

Holds the reading of « Tarif plein : 6 € / Tarif réduit : 3 € ». Does not guess between several.
"""

import re

_AMOUNT = r"(\d{1,3}(?:[.,]\d{1,2})?)\s?(?:€|euros?\b)"
_FULL = re.compile(
    rf"(?:plein tarif|tarif plein|tarif unique)[\s:=]*{_AMOUNT}|{_AMOUNT}\s*\(?(?:en )?(?:plein tarif|tarif plein)", re.IGNORECASE
)
_FREE = re.compile(r"\b(?:gratuit|entrée libre|accès libre)", re.IGNORECASE)
_MOST = 30_000


def price_of(text: str | None) -> int | None:
    """The full price in cents; 0 where entry is free and no amount is named; None where the text does not say."""
    if not text:
        return None
    full = {found[0] or found[1] for found in _FULL.findall(text)}
    amounts = {_cents(amount) for amount in (full or re.findall(_AMOUNT, text, re.IGNORECASE))}
    if not amounts and _FREE.search(text):
        return 0
    if len(amounts) != 1 or (not full and _FREE.search(text)):
        return None
    (cents,) = amounts
    return cents if cents <= _MOST else None


def _cents(amount: str) -> int:
    whole, _, part = amount.replace(",", ".").partition(".")
    return int(whole) * 100 + int((part + "00")[:2])
