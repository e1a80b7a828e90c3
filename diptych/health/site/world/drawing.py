"""The dice of the demo's hospital: persons, illnesses, visits, and what each visit brought, as numpy columns.

Deterministic: the same seed, size and last day give the same hospital. Does not write anything.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .places import HOSPITALS, tree
from .words import (
    ASSOCIATED,
    CONSULTATION,
    DAY_HOSPITAL,
    EMERGENCY,
    FEMALE,
    IDS,
    ILLNESSES,
    MALE,
    PRINCIPAL,
    STAY,
    TESTS,
    UCUM,
    Test,
)

Ints = npt.NDArray[np.int64]
Columns = dict[str, Any]
YEARS: Final = 8
"""How far back the hospital's files go."""
_TYPES: Final = np.array([CONSULTATION, DAY_HOSPITAL, STAY, EMERGENCY])
_SECOND: Final = 86_400
_EPOCH: Final = date(1970, 1, 1)


class Drawing:
    """One hospital. Days are counted from 1970-01-01."""

    def __init__(self, *, seed: int, persons: int, last: date) -> None:
        self.dice = np.random.default_rng(seed)
        self.count, self.last = persons, (last - _EPOCH).days
        self.first = self.last - 365 * YEARS
        dice = self.dice
        age = np.clip(dice.gamma(4.2, 12.5, persons), 0, 104)
        self.born: Ints = (self.last - age * 365.25).astype(np.int64)
        self.woman = dice.random(persons) < 0.53
        self.home = dice.choice(len(HOSPITALS), persons, p=(0.45, 0.35, 0.20))
        self.death = np.full(persons, 2**40)
        self._visits: list[Columns] = []
        self.illnesses()

    # ---- who is ill, and when they came

    def illnesses(self) -> None:
        """Draw who has each illness, their visits for it, and who dies."""
        dice = self.dice
        held: dict[str, Any] = {}
        doom = 0.02 * np.clip((self.last - self.born) / 365.25 - 60, 0, 40) / 20
        for place, one in enumerate(ILLNESSES):
            low, high = one.ages
            age_first, age_last = (self.first - self.born) / 365.25, (self.last - self.born) / 365.25
            fit = np.clip((age_last - low) / 12, 0, 1) * (age_first < high)
            risk = (
                one.share
                * fit
                * np.where(self.woman, min(one.women, 2.0) if one.women < 100 else 2.0, 1 if one.women < 100 else 0)
            )
            if 2 < one.women < 100:
                risk = np.where(self.woman, risk, one.share * fit * 2 / one.women)
            for code, factor in one.raised:
                risk = np.where(held[code], risk * factor, risk)
            who = np.flatnonzero(dice.random(self.count) < risk)
            held[one.code] = np.isin(np.arange(self.count), who)
            doom[who] += one.deadly
            earliest = np.maximum(self.first, self.born[who] + 365 * low)
            latest = np.minimum(self.last, self.born[who] + 366 * high)
            onset = earliest + dice.random(len(who)) * np.maximum(latest - earliest, 1)
            mean, gap = one.follow
            times = 1 + dice.poisson(mean, len(who))
            person, start = np.repeat(who, times), np.repeat(onset, times)
            turn = np.arange(len(person)) - np.repeat(np.cumsum(times) - times, times)
            # Each follows the one before; the longest-ill come back no sooner than the others.
            wait = np.where(turn == 0, 0, dice.exponential(gap, len(person)))
            total = np.cumsum(wait)
            day = (start + total - np.repeat(total[np.cumsum(times) - times], times)).astype(np.int64)
            kind = dice.choice(4, len(person), p=np.array(one.types) / sum(one.types))
            self._visits.append(
                {"person": person, "day": day, "kind": kind, "illness": np.full(len(person), place), "turn": turn}
            )
        never = np.setdiff1d(np.arange(self.count), np.concatenate([part["person"] for part in self._visits]))
        none = len(never)
        day = (self.first + dice.random(none) * (self.last - self.first)).astype(np.int64)
        day = np.maximum(day, self.born[never] + 1)
        back = [number for number, one in enumerate(ILLNESSES) if one.code in {"M54", "S52", "N39"}]
        self._visits.append(
            {
                "person": never,
                "day": day,
                "kind": dice.choice((0, 3), none),
                "illness": dice.choice(back, none),
                "turn": np.zeros(none, np.int64),
            }
        )
        dies = np.flatnonzero(dice.random(self.count) < doom)
        last_seen = np.full(self.count, 0)
        for part in self._visits:
            np.maximum.at(last_seen, part["person"], np.minimum(part["day"], self.last))
        self.death[dies] = last_seen[dies] + dice.exponential(120, len(dies)).astype(np.int64)
        joined = {name: np.concatenate([part[name] for part in self._visits]) for name in self._visits[0]}
        kept = (joined["day"] <= np.minimum(self.last, self.death[joined["person"]])) & (
            joined["day"] >= self.born[joined["person"]]
        )
        order = np.lexsort((joined["illness"][kept], joined["day"][kept], joined["person"][kept]))
        self.visit = {name: values[kept][order] for name, values in joined.items()}
        self._place_visits()

    def _place_visits(self) -> None:
        dice, visit = self.dice, self.visit
        count = len(visit["person"])
        hospital = np.where(dice.random(count) < 0.88, self.home[visit["person"]], dice.integers(0, len(HOSPITALS), count))
        _, units = tree()
        services = [one.service for one in ILLNESSES]
        known = np.zeros((len(HOSPITALS), len(services), 4), np.int64)
        for h in range(len(HOSPITALS)):
            for s, service in enumerate(services):
                for kind in range(4):
                    asked = "Urgences" if kind == 3 or service == "Urgences" else service
                    at = 3 if kind == 3 else 0 if asked == "Urgences" else kind
                    asked = "Médecine interne" if asked == "Urgences" and kind in (1, 2) else asked
                    at = kind if asked == "Médecine interne" and kind in (1, 2) else at
                    known[h, s, kind] = units.get((h, asked, at)) or units[0, asked, at]
        visit["unit"] = known[hospital, visit["illness"], visit["kind"]]
        hour = np.where(visit["kind"] == 3, dice.integers(0, 86_400, count), dice.integers(8 * 3600, 18 * 3600, count))
        visit["start"] = visit["day"] * _SECOND + hour // 60 * 60
        stay = np.clip(dice.lognormal(1.5, 0.8, count), 1, 90) * _SECOND
        length = np.select(
            [visit["kind"] == 2, visit["kind"] == 1], [stay, np.full(count, 7 * 3600)], dice.integers(20, 360, count) * 60
        )
        visit["end"] = np.minimum(visit["start"] + length.astype(np.int64), (self.last + 1) * _SECOND - 60)
        visit["id"] = np.arange(1, count + 1)

    # ---- the tables

    def tables(self) -> Iterator[tuple[str, Columns]]:
        """OMOP's tables, one after the other. Days and seconds are whole numbers: the writer makes them dates."""
        yield "person", self.person()
        yield "visit_occurrence", self.visits()
        yield "observation_period", self.periods()
        yield "condition_occurrence", self.conditions()
        yield "drug_exposure", self.brought("drugs", "Drug")
        yield "procedure_occurrence", self.brought("acts", "Procedure")
        yield "measurement", self.measurements()
        yield "death", self.deaths()

    def person(self) -> Columns:
        """Everybody."""
        born = self.born.astype("datetime64[D]")
        month = born.astype("datetime64[M]")
        zeros = np.zeros(self.count, np.int64)
        return {
            "person_id": np.arange(1, self.count + 1),
            "gender_concept_id": np.where(self.woman, FEMALE, MALE),
            "year_of_birth": born.astype("datetime64[Y]").astype(np.int64) + 1970,
            "month_of_birth": month.astype(np.int64) % 12 + 1,
            "day_of_birth": (born - month).astype(np.int64) + 1,
            "race_concept_id": zeros,
            "ethnicity_concept_id": zeros,
        }

    def visits(self) -> Columns:
        """Visits, to the minute."""
        visit = self.visit
        return {
            "visit_occurrence_id": visit["id"],
            "person_id": visit["person"] + 1,
            "visit_concept_id": _TYPES[visit["kind"]],
            "visit_start_date": visit["day"],
            "visit_start_datetime": visit["start"],
            "visit_end_date": visit["end"] // _SECOND,
            "visit_end_datetime": visit["end"],
            "care_site_id": visit["unit"],
        }

    def periods(self) -> Columns:
        """Observed from the first visit to the last day of the files, or to death."""
        person, place = np.unique(self.visit["person"], return_index=True)
        end = np.minimum(self.last, self.death[person])
        return {
            "observation_period_id": person + 1,
            "person_id": person + 1,
            "observation_period_start_date": self.visit["day"][place],
            "observation_period_end_date": np.maximum(end, self.visit["day"][place]),
            "period_type_concept_id": np.full(len(person), 32817),
        }

    def conditions(self) -> Columns:
        """The illness of each visit, and now and then another that the person had before."""
        visit, dice = self.visit, self.dice
        codes = np.array([IDS["Condition", one.code] for one in ILLNESSES])
        count = len(visit["person"])
        before = np.maximum(np.arange(count) - 1 - dice.integers(0, 6, count), 0)
        other = (
            (visit["person"][before] == visit["person"])
            & (visit["illness"][before] != visit["illness"])
            & (dice.random(count) < 0.6)
        )
        place = np.concatenate([np.arange(count), np.flatnonzero(other)])
        illness = np.concatenate([visit["illness"], visit["illness"][before[other]]])
        return {
            "condition_occurrence_id": np.arange(1, len(place) + 1),
            "person_id": visit["person"][place] + 1,
            "condition_concept_id": codes[illness],
            "condition_start_date": visit["day"][place],
            "condition_start_datetime": visit["start"][place],
            "condition_end_date": visit["end"][place] // _SECOND,
            "condition_type_concept_id": np.full(len(place), 32817),
            "condition_status_concept_id": np.where(np.arange(len(place)) < count, PRINCIPAL, ASSOCIATED),
            "visit_occurrence_id": visit["id"][place],
        }

    def _drawn(self, links: str, bring: Callable[[Any, Ints], tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        "For each illness and each of its links, the visits that it brings something to."
        found = []
        for number, one in enumerate(ILLNESSES):
            places = np.flatnonzero(self.visit["illness"] == number)
            for link in getattr(one, links):
                chosen = places[self.dice.random(len(places)) < link[1]]
                found.append(bring(link, chosen))
        return found

    def brought(self, links: str, domain: str) -> Columns:
        """Drugs or acts of each visit."""
        drug = domain == "Drug"
        parts = self._drawn(links, lambda link, chosen: (
            chosen, np.full(len(chosen), IDS[domain, link[0]]), np.full(len(chosen), link[2] if drug else 0),
        ))  # fmt: skip
        place, concept, days = (np.concatenate([part[n] for part in parts]) for n in range(3))
        visit, table = self.visit, "drug_exposure" if drug else "procedure_occurrence"
        start = np.minimum(visit["start"][place] + self.dice.integers(0, 240, len(place)) * 60, visit["end"][place])
        common = {
            f"{table}_id": np.arange(1, len(place) + 1),
            "person_id": visit["person"][place] + 1,
            "visit_occurrence_id": visit["id"][place],
        }
        if drug:
            return common | {
                "drug_concept_id": concept, "drug_exposure_start_date": start // _SECOND, "drug_exposure_start_datetime": start,
                "drug_exposure_end_date": start // _SECOND + days, "days_supply": days, "drug_type_concept_id": np.full(len(place), 32838),
            }  # fmt: skip
        return common | {"procedure_concept_id": concept, "procedure_date": start // _SECOND, "procedure_datetime": start}

    def measurements(self) -> Columns:
        """Results: those that an illness asks for, and the usual ones of any visit."""
        tests = {test.code: test for test in TESTS if isinstance(test, Test)}
        dice = self.dice
        parts = self._drawn("tests", lambda link, chosen: (link[0], chosen, dice.normal(link[2], link[3], len(chosen))))
        for test in tests.values():
            chosen = np.flatnonzero(dice.random(len(self.visit["person"])) < test.usual)
            middle, spread = (test.low + test.high) / 2, (test.high - test.low) / 3.2
            parts.append((test.code, chosen, dice.normal(middle, spread, len(chosen))))
        floor = {code: max(test.low * 0.4, 10.0**-test.decimals) for code, test in tests.items()}
        value = np.concatenate([np.round(np.maximum(values, floor[code]), tests[code].decimals) for code, _, values in parts])
        place = np.concatenate([chosen for _, chosen, _ in parts])

        def column(of: Callable[[Test], float]) -> Any:
            return np.concatenate([np.full(len(chosen), of(tests[code])) for code, chosen, _ in parts])

        visit = self.visit
        start = np.minimum(visit["start"][place] + dice.integers(10, 200, len(place)) * 60, visit["end"][place])
        return {
            "measurement_id": np.arange(1, len(place) + 1),
            "person_id": visit["person"][place] + 1,
            "measurement_concept_id": column(lambda test: IDS["Measurement", test.code]),
            "measurement_date": start // _SECOND,
            "measurement_datetime": start,
            "value_as_number": value,
            "unit_concept_id": column(lambda test: IDS["Unit", UCUM.get(test.unit, test.unit)]),
            "range_low": column(lambda test: test.low),
            "range_high": column(lambda test: test.high),
            "visit_occurrence_id": visit["id"][place],
        }

    def deaths(self) -> Columns:
        """Those who died while the files were kept."""
        who = np.flatnonzero(self.death <= self.last)
        return {"person_id": who + 1, "death_date": self.death[who], "death_type_concept_id": np.full(len(who), 32817)}


def day_of(number: int) -> date:
    """The date of a day counted from 1970-01-01."""
    return _EPOCH + timedelta(days=number)
