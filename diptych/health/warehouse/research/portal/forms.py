"""Forms: what the screens send, read and checked.

Holds the criterion's editor, both ways (from a node to fields, from fields to a node), and the small forms of a request.
"""

from dataclasses import replace
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, gettext_lazy

from .words import COMPARES, KINDS, OPS, Kind, items_of, kind_of

from diptych.health.warehouse.research.cohort import nodes as n

_BETWEEN: Final = "bt"
_VALUES: Final = [
    ("", gettext_lazy("any value")),
    *((op.value, sign) for op, sign in OPS.items()),
    (_BETWEEN, gettext_lazy("between")),
]
_OFTEN: Final = [(one.value, sign) for one, sign in COMPARES.items()]
_BY: Final = [("", gettext_lazy("in all")), ("visit", gettext_lazy("in one visit")), ("day", gettext_lazy("on one day"))]
_SEXES: Final = [("", gettext_lazy("any")), ("8532", gettext_lazy("women")), ("8507", gettext_lazy("men"))]
_STATUS: Final = [
    ("", gettext_lazy("any")),
    ("32902", gettext_lazy("principal diagnosis")),
    ("32908", gettext_lazy("associated diagnosis")),
]
_OWN: Final = frozenset(
    {"value_as_number", "start", "length", "person.gender_concept_id", "person.year_of_birth", "condition_status_concept_id"}
)
"""The fields that the editor itself tests; filters on others are kept as they were."""


class CriterionForm(forms.Form):
    """The editor of one criterion: the fields that its kind has."""

    below = forms.BooleanField(label=gettext_lazy("and what is below each"), required=False, initial=True)
    status = forms.ChoiceField(label=gettext_lazy("Kind of diagnosis"), choices=_STATUS, required=False)
    value_op = forms.ChoiceField(label=gettext_lazy("Value"), choices=_VALUES, required=False)
    value = forms.FloatField(label=gettext_lazy("Number"), required=False)
    value_to = forms.FloatField(label=gettext_lazy("Upper number"), required=False)
    length = forms.IntegerField(label=gettext_lazy("Lasting at least (days)"), min_value=0, max_value=36500, required=False)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    often_op = forms.ChoiceField(label=gettext_lazy("Occurrences"), choices=_OFTEN, required=False)
    often_n = forms.IntegerField(label=gettext_lazy("times"), min_value=1, max_value=9999, required=False)
    often_by = forms.ChoiceField(label=gettext_lazy("counted"), choices=_BY, required=False)
    age_from = forms.IntegerField(label=gettext_lazy("Aged at least (years)"), min_value=0, max_value=130, required=False)
    age_to = forms.IntegerField(label=gettext_lazy("Aged at most (years)"), min_value=0, max_value=130, required=False)
    sex = forms.ChoiceField(label=gettext_lazy("Sex"), choices=_SEXES, required=False)
    born_from = forms.IntegerField(label=gettext_lazy("Born from (year)"), min_value=1850, max_value=2100, required=False)
    born_to = forms.IntegerField(label=gettext_lazy("Born until (year)"), min_value=1850, max_value=2100, required=False)

    HAS: Final = {
        "condition": ("below", "status"), "procedure": ("below",), "drug": ("below",), "measurement": ("below", "value_op", "value", "value_to"),
        "visit": ("below", "length"), "death": (), "person": ("sex", "born_from", "born_to"),
    }  # fmt: skip
    EVENT: Final = ("since", "until", "often_op", "often_n", "often_by", "age_from", "age_to")

    def __init__(self, *args: Any, kind: Kind, card: int, **kwargs: Any) -> None:
        # The card's number in each id: several editors may stand on a page, and a field keeps its focus by its id.
        kwargs["auto_id"] = f"id_{card}_%s"
        super().__init__(*args, **kwargs)
        self.kind = kind
        wanted = (*self.HAS[kind.key], *(() if kind.key == "person" else self.EVENT))
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]
        if kind.key == "death":
            for name in ("often_op", "often_n", "often_by"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """The pairs in their order."""
        found = super().clean() or {}
        for low, high in (("since", "until"), ("age_from", "age_to"), ("born_from", "born_to")):
            if found.get(low) is not None and found.get(high) is not None and found[low] > found[high]:
                self.add_error(high, gettext("This is before the beginning: exchange the two."))
        if found.get("value_op") and found.get("value") is None:
            self.add_error("value", gettext("Give the number to compare with."))
        if found.get("value_op") == _BETWEEN and found.get("value") is not None:
            if found.get("value_to") is None:
                self.add_error("value_to", gettext("Give the upper number."))
            elif found["value_to"] < found["value"]:
                self.add_error("value_to", gettext("This is under the lower number: exchange the two."))
        return found


def initial(request: n.Request, basic: n.Basic) -> dict[str, Any]:
    """What the editor of a criterion shows."""
    items = items_of(request, basic)
    found: dict[str, Any] = {"below": all(item.descendants for item in items)}
    source = basic.source
    for one in source.filters if not isinstance(source, n.Search) else ():
        match one:
            case n.Number(field="value_as_number"):
                found |= {"value_op": one.op.value, "value": one.value, "value_to": one.extent}
            case n.Number(field="length", op=n.Op.GTE):
                found["length"] = int(one.value)
            case n.Number(field="person.year_of_birth"):
                found |= _pair("born", one)
            case n.Day(field="start"):
                found |= {"since": one.value if one.op is not n.Op.LTE else None}
                found |= {"until": one.value if one.op is n.Op.LTE else one.extent}
            case n.Has(field="person.gender_concept_id"):
                found["sex"] = str(one.concepts[0]) if len(one.concepts) == 1 else ""
            case n.Has(field="condition_status_concept_id"):
                found["status"] = str(one.concepts[0]) if len(one.concepts) == 1 else ""
            case _:
                pass
    by = "visit" if basic.often.same_encounter else "day" if basic.often.same_day else ""
    found |= {"often_op": basic.often.compare.value, "often_n": basic.often.n, "often_by": by}
    if basic.age is not None:
        found |= {f"age_{side}": age.years for side, age in (("from", basic.age.least), ("to", basic.age.most)) if age}
    return found


def _pair(name: str, one: n.Number) -> dict[str, Any]:
    low = int(one.value) if one.op is not n.Op.LTE else None
    high = int(one.value) if one.op is n.Op.LTE else None if one.extent is None else int(one.extent)
    return {f"{name}_from": low, f"{name}_to": high}


def changed(basic: n.Basic, given: dict[str, Any]) -> n.Basic:
    """A criterion with what its editor says; what the editor does not know stays."""
    source = basic.source
    if isinstance(source, n.Search):
        return basic
    kept = tuple(one for one in source.filters if isinstance(one, n.Abnormal) or one.field not in _OWN)
    filters = (*_filters(given), *kept)
    if isinstance(source, n.People):
        return replace(basic, source=replace(source, filters=filters))
    often = basic.often
    if "often_n" in given:
        by = given.get("often_by") or ""
        often = n.Often(n.Compare(given.get("often_op") or ">="), given.get("often_n") or 1, by == "visit", by == "day")
    least, most = (None if given.get(f"age_{side}") is None else n.Age(given[f"age_{side}"]) for side in ("from", "to"))
    age = None if least is None and most is None else n.AgeBand(least, most, (n.Dating.EVENT, n.Dating.ENTRY))
    return replace(basic, source=replace(source, filters=filters), often=often, age=age)


def _filters(given: dict[str, Any]) -> list[n.Filter]:
    found: list[n.Filter] = []
    if given.get("value_op"):
        extent = given.get("value_to") if given["value_op"] == _BETWEEN else None
        found.append(n.Number("value_as_number", n.Op(given["value_op"]), given["value"], extent))
    if given.get("length"):
        found.append(n.Number("length", n.Op.GTE, given["length"]))
    if (born := _bounds(given.get("born_from"), given.get("born_to"))) is not None:
        found.append(n.Number("person.year_of_birth", *born))
    if (days := _bounds(given.get("since"), given.get("until"))) is not None:
        found.append(n.Day("start", *days))
    for name, column in (("sex", "person.gender_concept_id"), ("status", "condition_status_concept_id")):
        if given.get(name):
            found.append(n.Has(column, (int(given[name]),)))
    return found


def _bounds(low: Any, high: Any) -> tuple[n.Op, Any, Any] | None:
    "A range as a filter's words: from, until, or between both."
    if low is None and high is None:
        return None
    if low is None:
        return n.Op.LTE, high, None
    return (n.Op.GTE, low, None) if high is None else (n.Op.BETWEEN, low, high)


def new_card(kind: Kind) -> n.Basic:
    """A criterion of a kind that looks for anything of it."""
    source: n.Source = n.People() if kind.key == "person" else n.Criterion(kind.domain)
    return n.Basic(0, kind.resource, source)


def kinds_shown() -> list[Kind]:
    """The kinds, in their order."""
    return list(KINDS.values())


def editor_of(request: n.Request, basic: n.Basic, data: Any = None) -> CriterionForm | None:
    """The editor of a criterion, filled with what it says or bound to what was sent; None where there is none."""
    kind = kind_of(basic)
    if kind is None:
        return None
    return CriterionForm(data, kind=kind, card=basic.id, initial=initial(request, basic))


class NameForm(forms.Form):
    """A request's name."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)


class ShareForm(forms.Form):
    """Whom to give a copy to."""

    email = forms.EmailField(
        label=gettext_lazy("Their e-mail address"),
        help_text=gettext_lazy("They get a copy. What it counts depends on their own rights."),
    )


class ImportForm(forms.Form):
    """A question in a file or typed."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("A request of Cohort360 or a definition of Atlas (Circe), in JSON, 4 MB at most."),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste it"), required=False, widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})
    )
