"""What each rule of a price is called, on invoices and screens. English, and gettext ids."""

from typing import Final

from diptych.culture.domain.wallet.terms import Said

_NAMES: Final = {
    "standard": Said("pricing.standard", "Scale by revenue"),
    "book": Said("pricing.book", "Books"),
    "not_reimbursed": Said("pricing.not_reimbursed", "Kinds of offer that are not reimbursed"),
    "collective": Said("pricing.collective", "School offers"),
    "custom.offer": Said("pricing.custom_offer", "Rule agreed for the offer"),
    "custom.venue": Said("pricing.custom_venue", "Rule agreed for the venue"),
    "custom.offerer": Said("pricing.custom_offerer", "Rule agreed for the structure"),
    "incident": Said("pricing.incident", "Correction after an incident"),
    "incident.overpayment": Said("pricing.incident_overpayment", "Correction: too much was paid"),
    "incident.offer_price_regulation": Said("pricing.incident_price", "Correction: a price out of rule"),
    "incident.fraud": Said("pricing.incident_fraud", "Correction: an irregular booking"),
    "gesture": Said("pricing.gesture", "Commercial gesture"),
}


def name_of(rule: str) -> str:
    """The name of a price's rule (`standard.95`, `custom.venue`, `incident.fraud`); the rule itself where it has none."""
    said = _NAMES.get(rule) or _NAMES.get(rule.partition(".")[0])
    return said.sentence if said is not None else rule
