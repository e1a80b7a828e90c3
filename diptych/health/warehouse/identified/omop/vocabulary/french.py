"""French code lists, each as its publisher issues it: CIM-10, CCAM and its tree, ATC with brands, UCD, GHM.

A list is known by the end of its file's name. What a list lacks is not made up: ATC's groups that it does not name are no concepts, and
CIM-10 has no chapters. A fault is told with its file and line (in a JSON list: the number of its row). Does not number concepts.
"""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Never

from .terms import BAD_FILE, BAD_LINE, BEGAN, ENDS, HAS_CLASS, IS_A, Bond, Code, Listed

from diptych.commons.refusal import deny

_OBSERVED = "VWXYZ"
"""CIM-10's chapters of causes and of reasons for care: facts about a patient, no diseases."""
_STEPS = {1: "ATC 1st", 3: "ATC 2nd", 4: "ATC 3rd", 5: "ATC 4th", 7: "ATC 5th"}
"""ATC's levels, by how long their codes are."""

Row = tuple[int, Mapping[str, Any]]


class _File:
    "A file, its rows by line, and how its faults are told."

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            data = path.read_bytes()
            self.text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
        except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
            deny(BAD_FILE, file=path.name, why=str(error).rstrip("."))

    def wrong(self, line: int, why: str) -> Never:
        deny(BAD_LINE, file=self.path.name, line=line, why=why)

    def table(self, columns: Sequence[str]) -> Iterator[Row]:
        reader = csv.reader(io.StringIO(self.text), strict=True)
        try:
            if next(reader, None) != list(columns):
                self.wrong(1, f"the columns are not {', '.join(columns)}")
            for row in reader:
                if len(row) != len(columns):
                    self.wrong(reader.line_num, f"it has {len(row)} fields, where {len(columns)} are declared")
                yield reader.line_num, dict(zip(columns, row, strict=True))
        except csv.Error as error:
            self.wrong(reader.line_num, str(error))

    def json(self) -> Any:
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError) as error:
            deny(BAD_FILE, file=self.path.name, why=str(error).rstrip("."))

    def rows(self) -> Iterator[Row]:
        found = self.json()
        if not isinstance(found, list):
            deny(BAD_FILE, file=self.path.name, why="it is no list")
        for line, row in enumerate(found, 1):
            if not isinstance(row, dict):
                self.wrong(line, "it is no object")
            yield line, row

    def said(self, row: Row, key: str) -> str:
        line, values = row
        if not isinstance(values.get(key), str) or not values[key].strip():
            self.wrong(line, f"{key} is missing")
        return str(values[key]).strip()

    def maybe(self, row: Row, key: str) -> str:
        return self.said(row, key) if row[1].get(key) else ""

    def day(self, row: Row, key: str, otherwise: date) -> date:
        said = self.maybe(row, key)
        try:
            return date.fromisoformat(said) if said else otherwise
        except ValueError:
            self.wrong(row[0], f"{key} is no day")

    def once(self, seen: set[str], row: Row, code: str) -> None:
        if code in seen:
            self.wrong(row[0], f"{code} is there twice")
        seen.add(code)


def _nearest(code: str, codes: set[str] | Mapping[str, Any]) -> str | None:
    "The longest beginning of a code that is one itself: what is above it."
    return next(
        (above for end in range(len(code) - 1, 0, -1) if (above := code[:end].rstrip("+")) in codes and above != code), None
    )


def _above(vocabulary: str, codes: Mapping[str, Any]) -> tuple[Bond, ...]:
    pairs = ((code, _nearest(code, codes)) for code in codes)
    return tuple(Bond(code, IS_A, vocabulary, above) for code, above in pairs if above is not None)


def _cim10(files: Mapping[str, Path]) -> Listed:
    file, found = _File(files["cim10.csv"]), dict[str, Code]()
    for row in file.table(("code", "type", "ssr", "psy", "short", "long")):
        code, short, name = file.said(row, "code"), file.maybe(row, "short"), file.said(row, "long")
        if code in found:
            file.wrong(row[0], f"{code} is there twice")
        kind = "CIM10 category" if len(code) == 3 else "CIM10 code"
        domain = "Observation" if code[0] in _OBSERVED else "Condition"
        found[code] = Code(code, name, kind, domain, synonyms=(short,) if short and short != name else ())
    return Listed("CIM10", "CIM-10, à usage PMSI (ATIH)", tuple(found.values()), _above("CIM10", found))


def _ccam(files: Mapping[str, Path]) -> Listed:
    acts, codes, seen = _File(files["ccam_actes.json"]), list[Code](), set[str]()
    for row in acts.rows():
        code, name, short = acts.said(row, "code"), acts.said(row, "libelle_long"), acts.maybe(row, "libelle_court")
        acts.once(seen, row, code)
        since, until = acts.day(row, "date_debut", BEGAN), acts.day(row, "date_fin", ENDS)
        codes.append(Code(code, name, "CCAM act", "Procedure", since, until, (short,) if short else ()))
    if "ccam_hierarchie_actes.json" not in files:
        return Listed("CCAM", "CCAM (ATIH, Assurance maladie)", tuple(codes))
    tree, places, parents = _File(files["ccam_hierarchie_actes.json"]), dict[str, str](), dict[str, tuple[int, str]]()
    for row in tree.rows():
        code, parent = tree.said(row, "code"), tree.said(row, "parent")
        if code in parents:
            tree.wrong(row[0], f"{code} is there twice")
        parents[code] = row[0], parent
        if row[1].get("type") == "H":
            places[code] = tree.said(row, "strate").removesuffix(".00").removesuffix(".00").removesuffix(".00")
            tree.once(seen, row, places[code])
            codes.append(Code(places[code], tree.said(row, "libelle"), "CCAM chapter", "Procedure"))
        elif code not in seen:
            tree.wrong(row[0], f"{code} is no act of the other list")
        else:
            places[code] = code
    bonds = []
    for code, (line, parent) in parents.items():
        up, seen_above = parent, {code}
        while up in parents and up not in seen_above:
            seen_above.add(up)
            up = parents[up][1]
        if up in parents:
            tree.wrong(line, f"{code} is above itself")
        if parent in parents:
            bonds.append(Bond(places[code], IS_A, "CCAM", places[parent]))
    return Listed("CCAM", "CCAM (ATIH, Assurance maladie)", tuple(codes), tuple(bonds))


def _atc(files: Mapping[str, Path]) -> Listed:
    file, found = _File(files["drugs.json"]), dict[str, Code]()
    given = file.json()
    if not isinstance(given, dict):
        deny(BAD_FILE, file=file.path.name, why="it is no object")
    for line, (code, names) in enumerate(given.items(), 1):
        if len(code) not in _STEPS:
            file.wrong(line, f"{code} is no code of ATC")
        if not isinstance(names, list) or not names or not all(isinstance(one, str) and one for one in names):
            file.wrong(line, f"{code} has no names")
        name = next((one for one in reversed(names) if one == one.lower()), names[-1])  # brands are in capitals
        found[code] = Code(code, name, _STEPS[len(code)], "Drug", synonyms=tuple(one for one in names if one != name))
    return Listed("ATC", "ATC, avec les spécialités (EDS-NLP)", tuple(found.values()), _above("ATC", found))


def _ucd(files: Mapping[str, Path]) -> Listed:
    file, codes, bonds, seen = _File(files["ucd_tot_table.json"]), list[Code](), list[Bond](), set[str]()
    for row in file.rows():
        code, name, brand = (
            file.said(row, "code_ucd"),
            file.said(row, "libelle_long_ucd"),
            file.maybe(row, "libelle_court_specialite"),
        )
        file.once(seen, row, code)
        codes.append(Code(code, name, "UCD", "Drug", synonyms=(brand,) if brand and brand != name else ()))
        if atc := file.maybe(row, "code_atc"):
            bonds.append(Bond(code, HAS_CLASS, "ATC", atc))
    return Listed("UCD", "UCD, unités communes de dispensation", tuple(codes), tuple(bonds))


def _ghm(files: Mapping[str, Path]) -> Listed:
    file, years, found, bonds = (
        _File(files["ghm_regroupement.json"]),
        dict[str, list[int]](),
        dict[str, Code](),
        dict[str, Bond](),
    )
    for row in file.rows():
        said = file.said(row, "anseqta")
        if not said.isdecimal() or not 1990 <= int(said) <= 2100:
            file.wrong(row[0], "anseqta is no year")
        path = [(file.said(row, key), file.said(row, f"libelle_{key}"), key.upper()) for key in ("ghm", "ga", "da")]
        for code, name, kind in path:
            known = years.setdefault(code, [])
            known.append(int(said))
            if int(said) == max(known):
                found[code] = Code(code, name, kind, "Observation")
        for (code, *_), (above, *_) in pairwise(path):
            bonds[code] = Bond(code, IS_A, "GHM", above)
    last = max((max(known) for known in years.values()), default=0)
    codes = tuple(
        Code(one.code, one.name, one.kind, one.domain, date(min(known), 1, 1), ENDS if max(known) == last else date(max(known), 12, 31))
        for code, one in found.items() if (known := years[code])
    )  # fmt: skip
    return Listed("GHM", "GHM et domaines d’activité (ATIH)", codes, tuple(bonds.values()))


LISTS: Mapping[str, tuple[Callable[[Mapping[str, Path]], Listed], tuple[str, ...]]] = {
    "CIM10": (_cim10, ("cim10.csv",)),
    "CCAM": (_ccam, ("ccam_actes.json", "ccam_hierarchie_actes.json")),
    "ATC": (_atc, ("drugs.json",)),
    "UCD": (_ucd, ("ucd_tot_table.json",)),
    "GHM": (_ghm, ("ghm_regroupement.json",)),
}
"""By vocabulary: what reads it, and how the names of its files end; the first must be there."""


def found_in(path: Path) -> dict[str, dict[str, Path]]:
    """The lists that are at a path (a file, or a folder of them): by vocabulary, the files by the end of their names."""
    files = [path] if path.is_file() else sorted(one for one in path.glob("*") if one.is_file())
    ends = {
        end: one for one in files for _, names in LISTS.values() for end in names if one.name.removesuffix(".gz").endswith(end)
    }
    found = {name: {end: ends[end] for end in names if end in ends} for name, (_, names) in LISTS.items()}
    return {name: files for name, files in found.items() if LISTS[name][1][0] in files}


def read(vocabulary: str, files: Mapping[str, Path]) -> Listed:
    """A list. Refused: `vocabulary.bad_file`, `vocabulary.bad_line`."""
    return LISTS[vocabulary][0](files)
