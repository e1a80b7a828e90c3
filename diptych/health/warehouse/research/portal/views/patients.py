"""Patients: those whom a request finds, under pseudonyms, and what happened to one. For those with the right; journalled."""

import datetime as dt
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .. import words
from ..desk import store
from ..pictures import release_day
from ..pseudonyms import person_of, pseudonym
from ..showing import note
from .seen import account_of, found_by, kept_of

from diptych.commons.refusal import deny
from diptych.commons.web.doors import door
from diptych.health.warehouse.research.accounts.terms import Audience
from diptych.health.warehouse.research.cohort import portrait
from diptych.health.warehouse.research.cohort.engines.local.criteria import died, person_column
from diptych.health.warehouse.research.index.columns import NULL, Ints
from diptych.health.warehouse.research.questions.terms import NO_PATIENT

PAGE = 25
_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class Patient:
    """A line of the list."""

    name: str
    age: str
    sex: str
    visits: int
    last: dt.date | None
    dead: bool


def _date(day: int) -> dt.date | None:
    return None if day == NULL else _EPOCH + dt.timedelta(days=int(day))


def _lines(persons: Ints) -> list[Patient]:
    index = store().desk.index
    age, sex = portrait.ages(index, persons, day=release_day(store())), person_column(index, "gender_concept_id")[persons]
    (count, last), death = portrait.visit_counts(index, persons), died(index)[persons]
    sexes = {portrait.WOMEN: gettext("woman"), portrait.MEN: gettext("man")}
    return [
        Patient(
            pseudonym(int(index.persons[one])),
            _age(int(age[at])),
            sexes.get(int(sex[at]), "—"),
            int(count[at]),
            _date(int(last[at])),
            bool(death[at] != NULL),
        )
        for at, one in enumerate(persons)
    ]


def _age(years: int) -> str:
    if years == NULL:
        return "—"
    return gettext("{n} and over").format(n=years) if years >= portrait.OLDEST else gettext("{n} years").format(n=years)


@door(Audience.INVESTIGATOR)
@never_cache
@require_safe
def patients(request: HttpRequest, question_id: int) -> HttpResponse:
    """The list, twenty-five at a time."""
    kept, account = kept_of(request, question_id), account_of(request)
    persons, _ = found_by(request, kept)
    found = np.empty(0, np.int64) if persons is None else persons
    pages = Paginator(found, PAGE)
    page = pages.get_page(request.GET.get("page"))
    page.object_list = _lines(np.asarray(page.object_list, dtype=np.int64))
    note(account, "cohorts.patients", f"question:{kept.id}", page=page.number, patients=len(page.object_list))
    return render(request, "cohorts/patients.html", {"kept": kept, "page": page, "total": len(found), "account": account})


@dataclass
class Moment:
    """What happened on one day."""

    day: dt.date
    lines: list[dict[str, Any]] = field(default_factory=list)


@door(Audience.INVESTIGATOR)
@never_cache
@require_safe
def patient(request: HttpRequest, question_id: int, pseudonym: str) -> HttpResponse:
    """One patient's days, the latest first. Refused (`questions.no_patient`) where the request does not find them."""
    kept, account, opened = kept_of(request, question_id), account_of(request), store()
    persons, _ = found_by(request, kept)
    index = opened.desk.index
    person = person_of(pseudonym, () if persons is None else (int(index.persons[one]) for one in persons))
    if person is None:
        deny(NO_PATIENT, name=pseudonym)
    note(account, "cohorts.patient", f"patient:{person}", question=kept.id)
    number = int(index.dense(np.array([person]))[0])
    kinds = {kind.domain: kind for kind in words.KINDS.values() if kind.domain}
    moments = []
    for day, events in groupby(portrait.timeline(index, number), key=lambda one: one.day):
        moment = Moment(_EPOCH + dt.timedelta(days=day))
        for one in events:
            moment.lines.append({
                "icon": kinds[one.domain].icon if one.domain in kinds else "circle",
                "kind": kinds[one.domain].label if one.domain in kinds else one.domain,
                "what": words.concept_name(opened.concepts, one.concept) if one.concept not in (0, NULL) else "",
                "value": "" if one.value is None else f"{words.number(one.value)} {words.concept_name(opened.concepts, one.unit) if one.unit in opened.concepts else ''}".strip(),
                "place": _place(one.care_site), "until": _date(one.end) if one.end is not None and one.end != one.day else None,
            })  # fmt: skip
        moments.append(moment)
    line = _lines(np.array([number]))[0]
    return render(request, "cohorts/patient.html", {"kept": kept, "patient": line, "moments": moments})


def _place(site: int) -> str:
    "A place of care and the hospital that it is in."
    places, names, at = store().places, [], site
    while at in places:
        names.append(places[at].name)
        at = places[at].above or 0
    return f"{names[0]}, {names[-2]}" if len(names) > 2 else ", ".join(names)
