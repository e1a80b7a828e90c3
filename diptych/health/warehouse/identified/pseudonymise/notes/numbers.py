"""Numbers and addresses of machines in notes: telephone, mail, social security, patient, stay and practitioner numbers.

Seven digits or more that stand by themselves count as a patient's number where nothing says which it is. Left, unless the words before
or the structured data say otherwise: one digit repeated, a decimal, digits cut by hyphens or bars, digits stuck to letters or to `_`.
"""

import re
from collections.abc import Iterator

from .labels import Label, Span, folded

_D = r"[\do]"  # a letter O is read for a zero, as scanned papers have it
_SEP = r"[ ./|-]{0,3}"

_MAIL = re.compile(
    r"(?<![\w.+'-])[\w.+'-]{1,100}\s?(?:@|\[at\]|\(at\)|\barobase\b)\s?[\w-]{1,100}(?:\s?\.\s?[\w-]{1,100}){0,9}|"
    r"[\w.+'-]{1,100}@[\w.-]{1,200}"
)
_PHONES = tuple(
    re.compile(form)
    for form in (
        rf"(?<![\w.,])(?:\(?(?:\+|\b00)\s?\d{{1,3}}\)?|\(\d{{2,3}}\))[ .-]{{0,3}}(?:\(0\))?{_D}(?:[ ./()-]{{0,3}}{_D}){{6,11}}(?!\d)",
        rf"(?<![\d.,])(?:\bo|0)\s?[1-9](?:{_SEP}{_D}{{2}}){{4}}(?:\s?(?:/|ou|a|-)\s?\d{{2,4}}(?![\d/.])){{0,3}}(?!\d)",
        rf"(?<![\d.,])(?:\bo|0)[1-9](?:[ .-]{_D}{{2}}){{3}}(?![\d.,])",
        rf"(?<![\d.,])(?:\bo|0)[1-9]\d(?:[ .-]{_D}{{3}}){{2}}(?!\d)",
    )
)
_PHONE_SAID = re.compile(
    r"\b(?:tel(?:ephon\w*)?|fax|portable|mobile|gsm|bip|poste|joignables?|joindre|standard|secretariat|numero|ligne|appeler|contact\w*)"
    r"(?:[\s.:°(-]|\b(?:au|le|la|est|sur|n|ou|par|telephone|telephonique|suivant|poste|direct|fixe)\b){0,8}"
    rf"(?P<number>\+?\(?\d(?:[ .()-]?{_D}){{3,14}})(?!\d)"
)
_SECU = re.compile(r"(?<![\d.,])(?<!\d )[1-9](?:[ .-]?\d){2}(?:[ .-]?[ab\d]){9,12}(?![\d]|[.,]\d)")
_SECU_SAID = re.compile(
    r"\b(?:secu(?:rite sociale)?|nir|nss|n?ins|immatriculation|assure\w*|identification|keien)\b[^\d\n]{0,30}\n?(?P<number>\d(?:[ .-]?\d){11,15})(?!\d)"
)
_STAY_SAID = re.compile(
    r"\b(?:nda|visite|sejour|venue|dossier|hospitalisation|iep)\b[^\d\n]{0,12}(?P<number>[a-z]{0,3}\d(?:[a-z\d]|[ ./-](?=\d)){3,14})(?![\w/]|[.,]\d)"
)
_PATIENT_SAID = re.compile(
    r"\b(?:ipp|nip|id|identifi\w+|patient\w*|n°\s?id|reference)\b[^\d\n|]{0,30}?(?P<number>\b[a-z]{0,3}\d(?:[a-z\d]|[ ./-](?=\d)){3,14})(?![\w/]|[.,]\d)"
)
_PRACTITIONER_SAID = re.compile(r"\b(?:rpps|adeli|finess|n.?am)\b\W{0,6}(?P<number>\d(?: ?\d){6,10})(?!\d)")
_LONG = re.compile(r"(?<![\d.,\w])(?:(?<!\d )|(?=[a-z]))[a-z]{0,6}\d(?: ?\d){6,}(?!\w|[.,]\d)")
_MIXED = re.compile(r"(?<![\w.,])[\da-z]{0,12}\d{2}[a-z]{1,3}\d{3,12}\b")
_BARRED = re.compile(r"\|\s{0,2}(?P<number>\d{6,12})\s{0,2}\|\s{0,2}(?P<stay>\d{6,12})")


def find(text: str) -> Iterator[Span]:
    """Each number or mail of a text; the surest first; spans may overlap."""
    plain = folded(text)
    for found in _MAIL.finditer(plain):
        yield Span(found.start(), found.end(), Label.MAIL)
    for found in _BARRED.finditer(plain):
        yield Span(*found.span("number"), Label.PATIENT_NUMBER)
        yield Span(*found.span("stay"), Label.STAY_NUMBER)
    for said, label in (
        (_SECU_SAID, Label.SOCIAL_SECURITY),
        (_PRACTITIONER_SAID, Label.PRACTITIONER_NUMBER),
        (_PHONE_SAID, Label.PHONE),
        (_STAY_SAID, Label.STAY_NUMBER),
        (_PATIENT_SAID, Label.PATIENT_NUMBER),
    ):
        for found in said.finditer(plain):
            if not _is_plain_year(found["number"]) and not _all_one(found["number"]):
                yield Span(*found.span("number"), label)
    for phone in _PHONES:
        for found in phone.finditer(plain):
            yield Span(found.start(), found.end(), Label.PHONE)
    for found in _SECU.finditer(plain):
        digits = sum(map(str.isdigit, found.group()))
        if digits >= 12 and not _all_one(found.group()) and not _enumerates(found.group()):
            yield Span(found.start(), found.end(), Label.SOCIAL_SECURITY)
    for found in _MIXED.finditer(plain):
        yield Span(found.start(), found.end(), Label.STAY_NUMBER)
    for found in _LONG.finditer(plain):
        if not _all_one(found.group()):
            yield Span(found.start(), found.end(), Label.PATIENT_NUMBER)


def _is_plain_year(number: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d", number) is not None


def _all_one(number: str) -> bool:
    "Nothing but one digit, as in a line of a scale: 2 2 2 2 2 2 2 2."
    return len(set(re.sub(r"\D", "", number))) <= 1


def _enumerates(number: str) -> bool:
    "The graduation of an axis: 1 2 3 4 5 6 7."
    return re.match(r"(?:\d\s)?1\s?2\s?3\s?4\s?5\s?6\s?7\s?8", number) is not None
