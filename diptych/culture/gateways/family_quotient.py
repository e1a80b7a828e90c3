"""The State's interface of family quotients, by a parent's identity and a month; or the folder that plays it.

Holds the wire form (API Particulier, « quotient familial »), the two ways, and the choice between them
(DIPTYCH_QUOTIENT_URL). Does not hold what the answers come to.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx

from diptych.commons.settings import settings
from diptych.culture.domain.eligibility.terms import Child, Custodian, Household

DEADLINE_SECONDS: Final = 8.0


class NoAnswer(Exception):
    """The interface is away or answers nonsense: the caller tries again later. Its text holds nobody."""


class Quotients(Protocol):
    """Somebody who knows households."""

    def household(self, custodian: Custodian, *, year: int, month: int) -> Household | None:
        """The household of a parent in a month; None where they are not found. Raises NoAnswer."""


@dataclass(frozen=True, slots=True)
class StateInterface:
    """The real one, its key (the address's user) as a bearer token."""

    url: str

    def household(self, custodian: Custodian, *, year: int, month: int) -> Household | None:
        """One call; 404 is a parent who is not known."""
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        address = urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path, "", ""))
        headers = {"Authorization": f"Bearer {unquote(parts.username or '')}"}
        try:
            answer = httpx.get(address, params=query(custodian, year, month), headers=headers, timeout=DEADLINE_SECONDS)
        except httpx.HTTPError as fault:
            raise NoAnswer(type(fault).__name__) from None
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        if not answer.is_success:
            raise NoAnswer(f"status_{answer.status_code}")
        return _read(answer.text)


@dataclass(frozen=True, slots=True)
class Folder:
    """The fake: one JSON file a parent, by name and birth date, holding what the interface would answer; a month may have
    its own quotient."""

    folder: Path

    def household(self, custodian: Custodian, *, year: int, month: int) -> Household | None:
        """From the parent's file; None where there is none."""
        file = self.folder / f"{name_of(custodian)}.json"
        if not file.exists():
            return None
        kept = json.loads(file.read_text())
        value = kept.get("months", {}).get(f"{year}-{month:02}", kept.get("quotient"))
        return _read(json.dumps({"data": {"quotient_familial": {"valeur": value}, "enfants": kept["enfants"]}}))

    def keep(self, custodian: Custodian, *, quotient: int, children: list[dict[str, str]], months: dict[str, int]) -> None:
        """Have a parent known, with these children (in the wire's words)."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = {"quotient": quotient, "months": months, "enfants": children}
        (self.folder / f"{name_of(custodian)}.json").write_text(json.dumps(kept))


def name_of(custodian: Custodian) -> str:
    """A parent's file."""
    plain = "".join(letter for letter in f"{custodian.last_name}{custodian.first_name}".lower() if letter.isalpha())
    return f"{plain}-{custodian.birth_date.isoformat()}"


def query(custodian: Custodian, year: int, month: int) -> dict[str, str]:
    """A parent and a month, in the wire's words."""
    born = custodian.birth_date
    return {
        "nomNaissance": custodian.last_name, "prenoms[]": custodian.first_name, "sexeEtatCivil": custodian.gender,
        "anneeDateNaissance": f"{born.year}", "moisDateNaissance": f"{born.month}", "jourDateNaissance": f"{born.day}",
        "codeCogInseeCommuneNaissance": custodian.birth_commune, "annee": f"{year}", "mois": f"{month}",
    }  # fmt: skip


def _read(text: str) -> Household:
    try:
        data = json.loads(text)["data"]
        return Household(int(data["quotient_familial"]["valeur"]), tuple(_child(child) for child in data["enfants"]))
    except (ValueError, KeyError, TypeError):
        raise NoAnswer("malformed") from None


def _child(said: dict[str, Any]) -> Child:
    return Child(
        str(said.get("nom_naissance") or ""), str(said.get("nom_usage") or ""), str(said["prenoms"]),
        date.fromisoformat(said["date_naissance"]), str(said["sexe"]),
    )  # fmt: skip


@cache
def quotients() -> Quotients:
    """Whom the settings name."""
    url = settings()["DIPTYCH_QUOTIENT_URL"]
    return folder() if url == "fake" else StateInterface(url)


def folder() -> Folder:
    """The fake's folder, for the demo and tests."""
    return Folder(Path(settings()["DIPTYCH_HOME"]).absolute() / "quotients")
