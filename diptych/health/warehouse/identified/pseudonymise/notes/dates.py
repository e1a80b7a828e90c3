"""Dates in notes: found as people write them, read, and written anew a number of days later in the same form.

Holds the forms of dates (digits with any separator, digits alone, months in letters, years, dates spelled out). Does not know
whose date it is: `found` tells a birth date by the words before it or by the date itself.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from .labels import Label, Span, folded

_MONTHS = (
    ("janvier", "janv", "jan"), ("fevrier", "fevr", "fev"), ("mars", "mar"), ("avril", "avr"), ("mai",), ("juin",),
    ("juillet", "juil", "jul"), ("aout", "aou"), ("septembre", "sept", "sep"), ("octobre", "oct"), ("novembre", "nov"),
    ("decembre", "dec"),
)  # fmt: skip
_FULL = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")
_NUMBER_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_ENGLISH = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NUMBER_OF |= {name: number for number, name in enumerate(_ENGLISH, 1) if name not in _NUMBER_OF}

_ANY_MONTH = rf"(?:{'|'.join(sorted(_NUMBER_OF, key=len, reverse=True))})"
_MONTH = rf"(?P<month>{_ANY_MONTH})(?![a-z])\.?"
_WEEKDAY = r"(?:(?:lun|mar|mercre|jeu|vendre|same)di|dimanche)"
_CENTURY = r"(?:1[89]|2\d)"
"""Of years that a day or a month stands beside: sources that moved their dates before us wrote 2180."""
_YEAR = rf"(?P<year>{_CENTURY}\d\d)"
_YEAR_ALONE = r"(?P<year>(?:1[89]|20)\d\d)"
_GAP = r" {0,3}[-–—_./|\\,x*'] {0,3}"
_UNIT = r"\s?(?:%|\u00b5|mg|ml|g\b|kg|mmol|mmhg|mm\b|cm|ui|/l|g/l|fois|cp\b|ans\b|ng|meq|±|semaines?|mois|jours?|heures?|h\b|j\b)"

_UNITS = "un|premier|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize"
_SPELLED = rf"(?:(?:{_UNITS}|vingt|trente|quarante|cinquante|soixante|cent|mille?|et)(?:x|s)?(?:[\s-]+|\b))"

# Forms, most exact first. On folded text.
_FORMS = tuple(
    re.compile(form)
    for form in (
        # 1998-05-31
        rf"(?<![\d.]){_YEAR}(?P<gap>{_GAP})(?P<m>0?[1-9]|1[0-2])(?:{_GAP})(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)",
        # 31/05/1998, 31.5.98, 31 05 1998, 31|5|98
        rf"(?<![\d/])(?P<d>0?[1-9]|[12]\d|3[01])(?:{_GAP}| )(?P<m>0?[1-9]|1[0-2])(?:{_GAP}| )(?P<year>{_CENTURY}\d\d)(?!\d)",
        rf"(?<![\d/.,])(?P<d>0?[1-9]|[12]\d|3[01])(?:{_GAP})(?P<m>0?[1-9]|1[0-2])(?:{_GAP})(?P<year>\d\d)(?![\d/]|[.,]\d)",
        # 05/1998, 5.98 is a value and is left
        rf"(?<![\d/.,])(?P<m>0?[1-9]|1[0-2])(?:{_GAP}){_YEAR}(?!\d|[/.-]\d)",
        rf"(?<![\d/.,]){_YEAR}(?: ?[-/.] ?)(?P<m>0[1-9]|1[0-2])(?!\d|[/.-]\d)",
        # 18 mai 1998, 1er mai, 05nov, jeudi 18 octobre 2018
        rf"(?:\b{_WEEKDAY}\s+)?(?<!\d)(?P<d>0?[1-9]|[12]\d|3[01])(?:\s?er)?[\s.-]{{0,3}}{_MONTH}(?:[\s,.-]{{0,3}}(?P<year>{_CENTURY}\d\d|\d\d(?![\d:h]|\s?[h:]))(?!\d))?",
        # mai 1998, dec1993, 2013 janvier
        rf"\b{_MONTH}[\s,.-]{{0,3}}{_YEAR}(?!\d)",
        rf"\b{_MONTH}[\s.'-]{{1,2}}(?P<year>\d\d)(?![\dh:/]|\s?(?:h\b|:|{_ANY_MONTH}|{_UNIT}))",
        # 19980531
        r"(?<![\d.,/])(?P<year>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)",
        rf"(?<!\d){_YEAR}[\s,.-]{{0,3}}{_MONTH}",
        # dix-sept octobre deux mille dix-huit
        rf"(?:\b{_WEEKDAY}\s+)?\b{_SPELLED}{{1,3}}{_MONTH}[\s-]+{_SPELLED}{{2,8}}",
        rf"(?<!\d)(?P<d>0?[1-9]|[12]\d|3[01])(?:\s?er)?\s+{_MONTH}[\s-]+{_SPELLED}{{2,8}}",
        rf"\b(?:deux[\s-]+mille?s?|mille?[\s-]+neuf[\s-]+cents?)[\s-]+{_SPELLED}{{1,6}}",
        # 3105 1998 and 31051998, digits spaced by anything small: 3 1 0 5 1 9 9 8
        r"(?<![\d.,/])(?<!\d )(?P<d>0 ?[1-9]|[12] ?\d|3 ?[01]) ?(?:[./|-] ?)?(?P<m>0 ?[1-9]|1 ?[0-2]) ?(?:[./|-] ?)?(?P<year>1 ?[89] ?\d ?\d|2 ?0 ?\d ?\d)(?! ?\d)",
        # 1998, fin 1998, but no 1998 mg
        rf"(?<![\d.,+])(?:\b(?:fin|debut|mi|courant|annees?|ete|hiver|automne|printemps)[\s-]+)?{_YEAR_ALONE}(?!\d|[.,]\d|{_UNIT})",
    )
)

# Days and months without a year, which a value could be: only where no number stands against them.
_SHORT = re.compile(
    rf"(?<![\d.,/])(?<![-+<>=]\s)(?<![-+<>=])(?P<d>0?[1-9]|[12]\d|3[01])(?P<gap>\s?[/.]\s?)(?P<m>0[1-9]|1[0-2]|[1-9](?=\b))(?!\d|\s?[/.,]\s?\d|{_UNIT})"
)
_BEFORE_SHORT = re.compile(r"(?:\b(?:du|au|le|les|et|des|depuis|jusqu'au|entre|date|rdv|[csj]\d{1,2})\s*\(?|\()$")
_MONTH_ALONE = (
    re.compile(
        rf"\b(?:de|en|entre|et|a|depuis|fin|debut|mi|courant|jusqu'en|jusque|pour|d'ici|des|l'ete|au|mois d[e'])[\s-]*{_MONTH}(?!\w)"
    ),
    re.compile(r"\b(?P<month>janvier|fevrier|avril|juin|juillet|aout|septembre|octobre|novembre|decembre)\b"),
)
_DECADE = re.compile(r"\bannees? (?P<year>[2-9]0)\b")
_DAY_ALONE = re.compile(
    rf"(?:\b(?:le|les|du|des|au|,|{_WEEKDAY})\s+|(?<=\d, ))(?P<d>0?[1-9]|[12]\d|3[01])(?=(?:\s?[,-]\s?|\s+(?:et|au|puis|ou)\s+(?:le\s+)?)\d{{1,2}}(?:er)?[\s/.,-])"
)
_WEEKDAY_ALONE = re.compile(rf"\b{_WEEKDAY}\s+(?P<d>0?[1-9]|[12]\d|3[01])\b(?!\s?[h:])")
_TIMES = re.compile(r"\b[1-9]\s?/\s?[1-9]\b")


def find(text: str) -> Iterator[Span]:
    """Each date of a text, all labelled DATE, those that say most first; spans may overlap."""
    plain = _cleaned(text)
    for form in _FORMS:
        for found in form.finditer(plain):
            yield Span(found.start(), found.end() - _blank_end(found.group()), Label.DATE)
    for found in _SHORT.finditer(plain):
        if _is_short_date(plain, found):
            yield Span(found.start(), found.end(), Label.DATE)
    for form, part in (
        (_MONTH_ALONE[0], "month"),
        (_MONTH_ALONE[1], "month"),
        (_DECADE, "year"),
        (_DAY_ALONE, "d"),
        (_WEEKDAY_ALONE, "d"),
    ):
        for found in form.finditer(plain):
            yield Span(*found.span(part), Label.DATE)


def _cleaned(text: str) -> str:
    "Folded, with zero for the letter O among digits, as scanned papers have it."
    return re.sub(r"(?<=\d)o(?=[\d/.-])|(?<=[\d/.-])o(?=\d)|(?<![^\W_])o(?=\d[/.-])", "0", folded(text))


def _is_short_date(plain: str, found: re.Match[str]) -> bool:
    "28.01 or 3/9 where words before say a date, or two digits a side with a slash."
    if _BEFORE_SHORT.search(plain, max(0, found.start() - 14), found.start()):
        return True
    return "/" in found["gap"] and len(found["d"]) == 2 and len(found["m"]) == 2 and "/10" not in found.group()


def _blank_end(found: str) -> int:
    return len(found) - len(found.rstrip(" \n\t-,."))


def read(words: str) -> tuple[re.Match[str], date] | None:
    """What a span of `find` says as a day, with the form that read it; None where it is no full day (a year, a month alone)."""
    plain = _cleaned(words)
    for form in _FORMS:
        if (found := form.fullmatch(plain)) and {"d", "year"} <= _given(found):
            day = _day(found)
            return (found, day) if day else None
    return None


def _given(found: re.Match[str]) -> set[str]:
    return {name for name, value in found.groupdict().items() if value is not None}


def _number(digits: str) -> int:
    return int(re.sub(r"\s", "", digits))


def _month(found: re.Match[str]) -> int:
    return _NUMBER_OF[found["month"]] if "month" in _given(found) else _number(found["m"])


def _day(found: re.Match[str], *, year: int | None = None) -> date | None:
    year = _number(found["year"]) if year is None else year
    if year < 100:
        year += 2000 if year < 50 else 1900
    try:
        return date(year, _month(found), _number(found["d"]))
    except ValueError:
        return None


def shifted(words: str, *, days: int, near: date) -> str | None:
    """The same date `days` later, in the same form: separators, zeros, letters and case as they were.

    A month or a year alone is taken at its middle. A day without a year is taken in the year of `near`, the day of the note.
    None where the words cannot be read (a date spelled out, the thirty-first of June): they are then to be blanked.
    """
    plain = _cleaned(words)
    later = timedelta(days=days)
    for form in (*_FORMS, _SHORT):
        found = form.fullmatch(plain)
        if not found:
            continue
        given = _given(found)
        if not given & {"d", "m", "month", "year"} or (re.search(_SPELLED, plain.replace("mars", "")) and "year" not in given):
            return None
        if "year" not in given:
            day = _day(found, year=near.year)
        elif "d" in given:
            day = _day(found)
        elif given & {"m", "month"}:
            day = date(_number(found["year"]), _month(found), 15)
        else:
            day = date(_number(found["year"]), 7, 1)
        if day is None:
            return None
        return _written(words, found, day + later)
    if plain in _NUMBER_OF:
        return _like(words, date(near.year, _NUMBER_OF[plain], 15) + later)
    if re.fullmatch(r"\d{1,2}", plain) and 1 <= int(plain) <= 28:
        return f"{(near.replace(day=int(plain)) + later).day:0{len(plain)}d}"
    return None


def _written(words: str, found: re.Match[str], day: date) -> str:
    "The words with their day, month and year replaced, from the end so that places stay true."
    pieces = []
    for name in _given(found) & {"d", "m", "month", "year"}:
        old = words[slice(*found.span(name))]
        if name == "month":
            new = _like(old, day)
        else:
            width = len(re.sub(r"\s", "", old))
            value = {"d": day.day, "m": day.month, "year": day.year % 100 if width == 2 else day.year}[name]
            new = _spaced(f"{value:0{width}d}" if old.startswith("0") or width > 2 or name == "year" else str(value), like=old)
            if width == 2 and len(new) == 1:
                new = f"0{new}"  # 12/10 becomes 09/10: two digits stay two
        pieces.append((*found.span(name), new))
    for start, end, new in sorted(pieces, reverse=True):
        words = words[:start] + new + words[end:]
    return re.sub(rf"(?i)^{_WEEKDAY}", lambda was: _cased(_WEEKDAYS[day.weekday()], like=was.group()), words)


_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def _spaced(digits: str, *, like: str) -> str:
    "The digits with blanks between them, if those of `like` have."
    return " ".join(digits) if re.fullmatch(r"\d(?:\s\d)+", like) else digits


def _like(old: str, day: date) -> str:
    "The month of a day, long or short and in the case of `old`."
    plain = folded(old)
    names = _MONTHS[day.month - 1]
    if plain in _ENGLISH and plain not in (every[0] for every in _MONTHS):
        return _cased(_ENGLISH[day.month - 1], like=old)
    if plain in (every[0] for every in _MONTHS):
        return _cased(_FULL[day.month - 1], like=old)
    return _cased(min(names, key=lambda name: abs(len(name) - len(plain))), like=old)


def _cased(new: str, *, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return new.upper()
    return new.capitalize() if like[:1].isupper() else new
