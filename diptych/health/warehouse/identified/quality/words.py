"""The report's words: a sentence for each kind of check, said in the reader's language.

Holds English sentences, which are gettext ids; French is in the site's catalogue. Does not hold the page's layout (`page`).
"""

from collections.abc import Callable
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

from .terms import Absent, Category, Kind, Severity

LANGUAGES = ("fr", "en")
"""French first: it is the default."""
_CATALOGUE = Path(__file__).parents[3] / "site" / "locale" / "fr" / "LC_MESSAGES" / "django.mo"

Say = Callable[[str], str]


def gettext_noop(said: str) -> str:
    """A sentence to be gathered, said later."""
    return said


def saying(language: str) -> Say:
    """What says a sentence in a language."""
    if language != "fr":
        return NullTranslations().gettext
    with _CATALOGUE.open("rb") as opened:
        return GNUTranslations(opened).gettext


SENTENCES = {
    Kind.CDM_TABLE: gettext_noop("The table {table} is missing."),
    Kind.CDM_FIELD: gettext_noop("{table} has no column {field}."),
    Kind.IS_REQUIRED: gettext_noop("{field} is empty in {table}, and may not be."),
    Kind.CDM_DATATYPE: gettext_noop("{field} of {table} is not of the type {words}."),
    Kind.IS_PRIMARY_KEY: gettext_noop("Rows of {table} share their {field}, which should be theirs alone."),
    Kind.IS_FOREIGN_KEY: gettext_noop("{field} of {table} leads to nothing in {other}."),
    Kind.FK_DOMAIN: gettext_noop("{field} of {table} holds terms that are not of the domain {words}."),
    Kind.FK_CLASS: gettext_noop("{field} of {table} holds terms that are not of the class {words}."),
    Kind.IS_STANDARD_VALID_CONCEPT: gettext_noop("{field} of {table} holds terms that are not standard, or no longer valid."),
    Kind.MEASURE_VALUE_COMPLETENESS: gettext_noop("{field} of {table} is empty."),
    Kind.MEASURE_PERSON_COMPLETENESS: gettext_noop("Persons have no row in {table}."),
    Kind.MEASURE_CONDITION_ERA_COMPLETENESS: gettext_noop("Persons with a diagnosis have no row in {table}."),
    Kind.MEASURE_OBSERVATION_PERIOD_OVERLAP: gettext_noop("Persons have periods of observation that overlap or touch."),
    Kind.STANDARD_CONCEPT_RECORD_COMPLETENESS: gettext_noop("{field} of {table} is not mapped to a standard term."),
    Kind.SOURCE_CONCEPT_RECORD_COMPLETENESS: gettext_noop("{field} of {table} does not know the source's code."),
    Kind.SOURCE_VALUE_COMPLETENESS: gettext_noop("Codes of {field} in {table} are mapped to nothing."),
    Kind.PLAUSIBLE_VALUE_LOW: gettext_noop("{field} of {table}{of_concept} is under {bound}."),
    Kind.PLAUSIBLE_VALUE_HIGH: gettext_noop("{field} of {table}{of_concept} is over {bound}."),
    Kind.PLAUSIBLE_TEMPORAL_AFTER: gettext_noop("{field} of {table} is before {other}."),
    Kind.PLAUSIBLE_DURING_LIFE: gettext_noop("{field} of {table} is over 60 days after death."),
    Kind.PLAUSIBLE_BEFORE_DEATH: gettext_noop("{field} of {table} is over 60 days after death."),
    Kind.PLAUSIBLE_AFTER_BIRTH: gettext_noop("{field} of {table} is before birth."),
    Kind.PLAUSIBLE_START_BEFORE_END: gettext_noop("{field} of {table} is after {other}."),
    Kind.WITHIN_VISIT_DATES: gettext_noop("{field} of {table} is over a week outside its visit."),
    Kind.PLAUSIBLE_GENDER: gettext_noop("{table}{of_concept} is of persons of the other sex."),
    Kind.PLAUSIBLE_GENDER_USE_DESCENDANTS: gettext_noop(
        "{table}{of_concept}, or a term below it, is of persons of the other sex."
    ),
    Kind.PLAUSIBLE_UNIT_CONCEPT_IDS: gettext_noop("{table}{of_concept} has a unit that it cannot have, or none."),
    Kind.PLAUSIBLE_FORM: gettext_noop("{field} of {table} does not look like a code of its list."),
    Kind.PLAUSIBLE_SPAN: gettext_noop("From {field} to {other} there are more than {bound} days."),
    Kind.STAY_HAS_ROW: gettext_noop("Stays in hospital that have ended have no row in {other}."),
    Kind.REPEATED_ROW: gettext_noop("Rows of {table} are there twice."),
    Kind.RECENT_ROW: gettext_noop("{table} has nothing of the last {bound} days."),
    Kind.LANDED_FRESH: gettext_noop("{table} is late: nothing came within its cadence."),
    Kind.LANDED_VOLUME: gettext_noop("The last delivery of {table} has twice as many rows as usual, or half as many."),
    Kind.LANDED_QUARANTINE: gettext_noop("Rows of {table} are in quarantine."),
    Kind.LANDED_WHOLE: gettext_noop("Deliveries of {table} are set aside: cut, or without declared columns."),
    Kind.LANDED_KEYS: gettext_noop("Deliveries of {table} have rows with the same key."),
    Kind.LANDED_TYPES: gettext_noop("Deliveries of {table} have a column that changed its type."),
}
"""What each kind says where it fails."""

SEVERITIES = {
    Severity.FATAL: gettext_noop("Stops the release"),
    Severity.CONVENTION: gettext_noop("Breaks a convention"),
    Severity.CHARACTERIZATION: gettext_noop("To be known by whoever uses the data"),
}
CATEGORIES = {
    Category.CONFORMANCE: gettext_noop("Conformance"),
    Category.COMPLETENESS: gettext_noop("Completeness"),
    Category.PLAUSIBILITY: gettext_noop("Plausibility"),
}
ABSENCES = {
    Absent.TABLE: gettext_noop("the table is missing"),
    Absent.EMPTY: gettext_noop("the table is empty"),
    Absent.FIELD: gettext_noop("the column is missing"),
    Absent.OTHER: gettext_noop("what it is compared with is missing"),
    Absent.ROWS: gettext_noop("no row is concerned"),
    Absent.HISTORY: gettext_noop("there is no earlier delivery"),
}
DATA = {
    "visit": gettext_noop("Visits"),
    "condition": gettext_noop("Diagnoses"),
    "procedure": gettext_noop("Acts"),
    "measurement": gettext_noop("Biology and measures"),
    "drug": gettext_noop("Drugs"),
    "note": gettext_noop("Notes"),
}
EXAMPLES = {
    "keys": gettext_noop("rows"),
    "persons": gettext_noop("persons"),
    "codes": gettext_noop("values"),
    "concepts": gettext_noop("terms"),
    "deliveries": gettext_noop("deliveries"),
}


class Said:
    """What the page says around them."""

    TITLE = gettext_noop("Quality of the data: {release}")
    CHECKED = gettext_noop("Checked")
    VERSION = gettext_noop("Version of OMOP")
    ROWS = gettext_noop("Rows")
    SOURCE = gettext_noop("Read from")
    MAY = gettext_noop("It may be published.")
    NONE_FATAL = gettext_noop("No fatal check fails.")
    FATAL = gettext_noop("Fatal checks that fail: {many}.")
    WHAT_TO_DO = gettext_noop("Mend what is below, or have a named person let it through: diptych health quality override.")
    MAY_NOT = gettext_noop("It may not be published.")
    DECIDED = gettext_noop("{by} let it through on {at}: “{reason}”")
    BY_DECISION = gettext_noop("Published by decision.")
    HOLD = gettext_noop("hold")
    FAIL = gettext_noop("fail")
    NOT_ASKED = gettext_noop("could not be asked")
    NOT_APPLYING = gettext_noop("do not apply")
    HOLD_AND_FAIL = gettext_noop("{hold} hold, {fail} fail")
    IN_SHORT = gettext_noop("In short")
    LAST = gettext_noop("Failures of the last {many} releases")
    NEW = gettext_noop("New since the release before")
    MENDED = gettext_noop("Mended since the release before")
    UNCHANGED = gettext_noop("Nothing changed since the release before.")
    TREND = gettext_noop("From release to release")
    FAILED = gettext_noop("What failed")
    NOTHING = gettext_noop("Nothing.")
    MORE = gettext_noop("{many} more are in the JSON.")
    ERROR = gettext_noop("It could not be asked: {error}.")
    OF = gettext_noop("{violated} of {among}")
    AT_MOST = gettext_noop("at most {threshold}")
    SINCE = gettext_noop("Failing since")
    INSTANCE = gettext_noop("For instance, {kind}")
    ASK = gettext_noop("Ask")
    WHY = gettext_noop("Why")
    AVAILABILITY = gettext_noop("Since when the data can be counted on")
    NO_VISITS = gettext_noop("There are no visits, so that nothing can be said over time.")
    SERIES = gettext_noop(
        "By care site and kind of data. The area: visits beside the busiest month, or the share of visits that have it. The line: the step nearest to it."
    )
    WHOLE = gettext_noop("The whole hospital")
    USABLE = gettext_noop("{usable} of {all} kinds of data can be counted on")
    MORE_SITES = gettext_noop("{many} more care sites are in the JSON.")
    SITES_LEFT_OUT = gettext_noop("Care sites with too few visits to say anything: {many}.")
    USABLE_SINCE = gettext_noop("since {month}")
    UNUSABLE = gettext_noop("not to be counted on")
    EMPTY = gettext_noop("nothing")
    LEVEL = gettext_noop("level {level}, error {error}")
    FALLEN = gettext_noop("fallen since {month}")
    READ = gettext_noop("What was read")
    TABLES = gettext_noop("Tables and their rows")
    ABSENT = gettext_noop("Why checks do not apply")
    READING_CHECKS = gettext_noop(
        "A check fails where more than its threshold, in percent of the rows that it concerns, violates it. A fatal one stops the release until it is mended or a named person lets it through."
    )
    READING_SERIES = gettext_noop(
        "Of each kind of data the step f(t) = c0 from t0 on, 0 before, is the nearest to c(t) by least squares; its error is the sum of (c(t) − c0)² from t0 on over the number of months. It can be counted on where the level is at least one half (a fifth of the busiest month, for visits), the error at most 0.05, and three months or more follow t0. After EDS-TeVa (AP-HP)."
    )
    READING_EXAMPLES = gettext_noop(
        "Numbers of rows and persons are the warehouse's own: they lead to somebody inside the locked room only. A report that goes with a mart has the mart's pseudonyms."
    )
    READING = gettext_noop("How to read it")


def told(one: dict[str, Any], say: Say) -> str:
    """What a failing check says, of its own facts."""
    name = one.get("concept_name") or ", ".join(map(str, one.get("concepts", ())))
    facts = {
        "table": one["table"], "field": one["field"], "other": one.get("other", ""), "words": ", ".join(one.get("words", ())),
        "bound": one.get("bound", ""), "of_concept": f" ({name})" if name else "",
    }  # fmt: skip
    return say(SENTENCES[Kind(one["kind"])]).format(**facts)
