"""Places in notes: streets, postcodes, towns, hospitals. By their form, by the words before them, by lists of the well known."""

import re
from collections.abc import Iterator

from .labels import Label, Span, folded
from .words import CITIES, HOSPITALS, NO_NAMES, TITLES

_WAYS = (
    "rue|r\\.|avenue|av[en]?\\.?|bd|bld|blvd|boul|boulevard|place|pl\\.?|chemin|che?m?\\.|allees?|all\\.|impasse|imp\\.|passage|route|rte|"
    "quai|square|cours|sentier|esplanade|ruelle|villa|cite|residence|res\\.|lotissement|hameau|faubourg|fbg|promenade|voie|sente|rond-point|clos|lieu-dit"
)
_SMALL = "de|du|des|la|le|les|d'|l'|et|aux?|en|sur|sous|st|saint|sainte|docteur|dr|general|marechal|president|colonel|abbe|pere"
_NUMBER = r"(?<![\d/.,])(?:\d{1,4}(?:\s?[-/]\s?\d{1,4})?(?:\s?(?:bis|ter|quater|[a-d])\b)?|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix)\s*,?\s+"
_STOP = r"(?!(?:a|au|tel|fax|pour|dans|avec|est|qui|ou|puis|avait|a|chez|le\s+\d|cedex|bp|france|mail|email|depuis|n°|et\s+un)\b)"
_WORD = r"[^\W\d_]+(?:['-][^\W\d_]+)*\.?"
_EXTRA = r"(?:\s?,?\s*(?:appt?\.?|appartement|apt|studio|bat\.?|batiment|esc\.?|escalier|etage|porte|residence|hall|lot)\s+(?:n°\s?)?\w{1,5})*"
_NUMBERED = re.compile(
    rf"{_NUMBER}(?:{_WAYS})(?:[\s'](?:\s*{_STOP}(?:(?:{_SMALL})\s*)*{_WORD}|\s*\d{{1,2}}\s+(?={_WORD}))(?:\s+{_STOP}{_WORD}|\s+\d{{1,2}}(?=\s+[a-z])){{0,5}}){_EXTRA}"
)
_UNNUMBERED = re.compile(
    rf"\b(?:rue|avenue|boulevard|impasse|allee|place|quai|chemin)\s+(?:(?:{_SMALL})\s*)*(?P<name>{_WORD}(?:[\s-]{_WORD}){{0,2}})"
)
_ABROAD = re.compile(
    r"\b(?:[a-z]*(?:strasse|straße|str\.)|straße|strasse)(?:\s+[a-z0-9.]+){0,3}\s\d{1,4}\b|\b\d{1,4}\s(?:[a-z]+\s){1,3}(?:street|road|avenue|lane|st\.|rd\.|square)\b"
)

_ZIP = re.compile(r"(?<![\w.,/+-])(?<!\d )(?:\d\d ?\d{3})(?![\w/]|[.,]\d|\s?(?:mg|ml|ui|g\b|/|%|kg|plaq|leuco))")
_ZIP_ABROAD = re.compile(r"(?:^|[,\s])(?!19|20)(?P<zip>\d{4,5}),?\s+(?P<city>[A-ZÀ-Ý][\w'’-]+)")
_CITY_WORDS = (
    r"(?:(?:L[ae]s?|Les|LA|LE|LES|St|ST|Saint|SAINT|Sainte)[\s-]+|L['’])?[A-ZÀ-Ý][^\W\d_]*(?:['’][^\W\d_]+)*(?:\s?-\s?[^\W\d_'’]+){0,6}"
    r"(?:\s+(?:(?:sur|sous|en|les?|lès|la|aux?|s/|de|du|des|d['’]|SUR|SOUS|EN|LES?|LA|AUX?|S/|DE|DU|DES)\s*)+[A-ZÀ-Ý][\w'’-]*|\s+[A-ZÀ-Ý]{2}[A-ZÀ-Ý'’-]*(?!\s*:))*"
    r"(?:\s+(?:cedex|CEDEX|Cedex)(?:\s+\d{1,2})?|\s+\d{1,2}(?!\d|[/.]|\s?\d))?"
)
_AFTER_ZIP = re.compile(
    rf"(?<![\w/.])(?<!\d )\d\d ?\d{{3}}\s*[,–-]?\s+(?P<city>{_CITY_WORDS})|,\s*(?!19|20)\d{{4}},?\s+(?P<abroad>{_CITY_WORDS})|(?P<cedex>(?i:(?<=, ))[A-ZÀ-Ý][\w'’-]+(?:\s[\w'’-]+){{0,4}}\s(?:CEDEX|Cedex|cedex)(?:\s\d\d?)?)"
)
_CITY_SAID = re.compile(
    rf"(?:[Rr]ésid\w+|[Hh]abit\w+|[Vv]it|[Vv]ivant|[Dd]omicili\w+|[Dd]éménag\w+|[Oo]riginaire|[Nn]ée?|[Nn]aissance|[Vv]ille|[Rr]égion|[Pp]ériphérie|[Nn]ord|[Ss]ud|[Ee]st|[Oo]uest|[Bb]anlieue|[Pp]rès|[Ll]oin|[Cc]ommune|[Mm]airie|[Ff]ait|CHU|CHR|CHRU|CH|G?H|CHI)"
    rf"\s+(?:à|au|de|d['’]|du|en|dans la ville de|près de)\s*(?:la\s+)?(?P<city>{_CITY_WORDS})|\bà\s+(?P<at>{_CITY_WORDS})"
)
_TOWNS = re.compile(
    rf"(?<![\w-])(?:{'|'.join(re.sub('-', '[- ]', name) for name in sorted(CITIES, key=len, reverse=True))})(?![\w'-])(?:\s+cedex(?:\s\d{{1,2}})?)?"
)
_KNOWN_HOSPITALS = re.compile(
    rf"(?<![\w-])(?:{'|'.join(re.sub('-', '[-. ]{1,2}', name) for name in sorted(HOSPITALS, key=len, reverse=True))})(?!\w)"
)
_HOSPITAL_SAID = re.compile(
    r"(?P<kind>\b(?:[Hh][ôo]pita(?:l|ux)|H[ÔO]PITA(?:L|UX)|C\.?H\.?[RU]{0,2}|CHI|C?HUP?|GHU?|GHT|[Cc]linique|CLINIQUE|[Pp]olyclinique|[Cc]entre [Hh]ospitalier(?: [Uu]niversitaire| [Rr]égional| [Ii]ntercommunal)*|CENTRE HOSPITALIER|"
    r"EHPAD|SSR|HAD|[Ii]nstitut|[Ff]ondation|[Ll]aboratoire|[Pp]harmacie|[Mm]aison de [Rr]etraite|[Rr]ésidence|[Cc]entre de [Rr]ééducation|[Mm]aternité|[Cc]entre de [Ss]anté|[Gg]roupe [Hh]ospitalier|GROUPE HOSPITALIER|HEGP)\b)"
    rf"(?P<link>[ ]*[:–-]?[ ]*(?:(?:[Dd]['’]|[Dd]e|[Dd]u|[Dd]es)[ ]*)?)(?P<name>(?:l[ae]s?\s+|L[ae]s?\s+|l['’])?{_CITY_WORDS}(?:[ .-]+[A-ZÀ-Ý][\w'’.-]+){{0,3}})"
)
_FOREIGN_HOSPITAL = re.compile(r"(?<![\w-])(?:[A-Z][\w-]+ )?[A-Z][\w-]+ (?:AP-HP |[Uu]niversity |[Gg]eneral )?[Hh]ospital\b")


def find(text: str) -> Iterator[Span]:
    """Each place of a text; spans may overlap."""
    plain = folded(text)
    streets = [*_NUMBERED.finditer(plain), *_ABROAD.finditer(plain)]
    for found in streets:
        yield Span(found.start(), found.end(), Label.ADDRESS)
    for found in _UNNUMBERED.finditer(plain):
        if text[found.start("name")].isupper():
            yield Span(found.start(), found.end(), Label.ADDRESS)
    for found in _ZIP.finditer(plain):
        yield Span(found.start(), found.end(), Label.ZIP)
    for street in streets:
        if after := re.compile(r"[\s,–-]{1,4}(?P<zip>\d{4,5}|\d\d\s\d{3})\b").match(plain, street.end()):
            yield Span(*after.span("zip"), Label.ZIP)
            if city := re.compile(rf"[\s,–-]{{1,4}}(?P<city>{_CITY_WORDS})").match(text, after.end()):
                yield Span(*city.span("city"), Label.CITY)
    for form in (_AFTER_ZIP, _CITY_SAID):
        for found in form.finditer(text):
            name = next(key for key, value in found.groupdict().items() if value)
            if _is_name(found[name]):
                yield Span(*found.span(name), Label.CITY)
    for found in _ZIP_ABROAD.finditer(text):
        yield Span(*found.span("zip"), Label.ZIP)
    for found in _KNOWN_HOSPITALS.finditer(plain):
        if text[found.start()].isupper():
            yield Span(found.start(), found.end(), Label.HOSPITAL)
    for found in _TOWNS.finditer(plain):
        if text[found.start()].isupper():
            yield Span(found.start(), found.end(), Label.CITY)
    for found in _HOSPITAL_SAID.finditer(text):
        if not _is_name(found["name"]):
            continue
        yield Span(*found.span("name"), Label.HOSPITAL)
        if found["kind"].lower().startswith("centre"):  # what it is called is where it is
            yield Span(found.start(), found.end(), Label.HOSPITAL)
    for found in _FOREIGN_HOSPITAL.finditer(text):
        yield Span(found.start(), found.end(), Label.HOSPITAL)


def _is_name(words: str) -> bool:
    "The first of the words is no ordinary one."
    first = re.sub(r"^(?:l[ae]s?\s+|l')", "", folded(words))
    first = re.split(r"[\s-]+", first)[0]
    return first not in NO_NAMES and first not in TITLES
