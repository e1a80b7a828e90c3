"""Intake: what a source says, in shapes that the SQL of OMOP's tables reads, whatever its format was. Declared once.

A source's views (`sources/NAME`: ViewDefinitions for FHIR, SQL for the rest) give these, under these names, and nothing else knows the
source. Columns that a source has not may be left out. Words stay the source's own ("h", "Principal", "AMB"): `words.csv` says what
they mean. Numbers are texts, known in their source alone. Does not read any source (`intaking`).

- A row's `origin` says of which landing row it was made, as `landing` numbers it; views hand it on, unchanged. One landing row may
  make several rows, in one shape or in many.
- A shape's first column, after `origin`, is its key, where it is not `patient`: the same key again is the same thing said again, and
  the later delivery counts. Two landing tables that give one shape put their own name before their numbers: `biology/12`.
- A day is a DATE. `…_datetime` is the hospital's wall clock, without a zone: `2180-05-06T22:23:00-04:00` is 22:23. Where it stands,
  the day beside it may be left out.
"""

from collections.abc import Mapping
from types import MappingProxyType

from diptych.health.warehouse.mart.shapes import Shape
from diptych.health.warehouse.mart.shapes.declared import shape

_CODED = """
        vocabulary The code's vocabulary, as the source names it; `words.csv` knows it by OMOP's name.
        code The code.
        label What the source says that the code means.
"""
_RESULT = f"""
        patient!
        stay The stay, or the movement, during which it was found.
{_CODED.strip(chr(10))}
        happened_date When the sample was taken, or the fact seen.
        happened_datetime
        operator <, <=, =, >=, >
        value:DOUBLE The result, as a number.
        value_text The result, as words.
        value_vocabulary The vocabulary of a result that is a code.
        value_code
        value_label
        unit The unit as the source writes it.
        low:DOUBLE The least normal value, in that unit.
        high:DOUBLE The greatest normal value.
        provider
"""


def _declared(name: str, meaning: str, lines: str) -> Shape:
    said = [line for line in lines.splitlines() if line.strip()]
    return shape(
        name, meaning, "\n".join(["origin:BIGINT! The landing row.", *said]), order="origin", key=said[0].split()[0].strip("!")
    )


INTAKE: Mapping[str, Shape] = MappingProxyType({shape.name: shape for shape in (
    _declared("patient", "An identity as one application keeps it. Several may be one person.", """
        patient! The application's own number of the patient.
        last_name
        birth_name
        first_name
        sex
        birth A date, or the part of it that is known: 1985, 1985-09, 1985-09-21.
        birth_rank:BIGINT Of twins: which was born first.
        nir The social-security number; a child may bear a parent's.
        ins The national health identity, when it is qualified.
        ipp The hospital's permanent number, when it is not `patient`.
        phone
        mail
        """),
    _declared("identity_event", "The identity office's decisions: two numbers are one person (merge), or are not after all (split).", """
        event!
        kind! merge, split
        patient! The number that goes on.
        other! The number that was merged into it, or is split from it.
        happened_datetime The later decision on two numbers counts.
        """),
    _declared("address", "Where a patient lives, since when.", """
        address!
        patient!
        street
        zip
        city
        commune The INSEE code of the commune, or what the source has of it.
        department
        since_date The address of the latest day counts.
        """),
    _declared("care_site", "A hospital, a department, a unit.", """
        care_site! Its key in this source.
        name
        kind hospital, department, unit
        part_of The key of the place that contains it.
        """),
    _declared("provider", "Who gives care.", """
        provider!
        name
        rpps The professional's national number.
        specialty
        care_site
        """),
    _declared("stay", "A stay in hospital, a consultation, an emergency.", """
        stay!
        patient!
        kind inpatient, AMB, EMER
        start_date!
        start_datetime
        end_date Empty while the patient is there.
        end_datetime
        age:BIGINT In years, at the beginning: what is left where no birth date is known.
        nda The stay's administrative number, when it is not `stay`.
        care_site The place that admitted the patient.
        admitted_from
        discharged_to
        provider
        """),
    _declared("movement", "The time that a stay spent in one unit.", """
        movement!
        stay!
        patient!
        kind
        start_date!
        start_datetime
        end_date
        end_datetime
        care_site
        """),
    _declared("diagnosis", "A diagnosis. Without a day of its own, it has its stay's first.", f"""
        diagnosis!
        patient!
        stay
        {_CODED}
        role DP, DR, DAS, Principal: what it was to the stay.
        start_date
        start_datetime
        end_date
        provider
        """),
    _declared("act", "An act done to a patient. Without a day of its own, it has its stay's first.", f"""
        act!
        patient!
        stay
        {_CODED}
        start_date
        start_datetime
        end_date
        end_datetime
        quantity:DOUBLE
        provider
        """),
    _declared("drug", "A medicine prescribed, dispensed, given or said to be taken.", f"""
        drug!
        patient!
        stay
        kind! prescribed, dispensed, administered, reported
        product Of the source's list of products: it says the code where the row has none.
        {_CODED}
        start_date Without one: its prescription's, then its stay's first.
        start_datetime
        end_date
        end_datetime
        quantity:DOUBLE
        unit
        route
        prescription The key of the drug by which it was asked for.
        provider
        """),
    _declared("dose", "How a prescribed drug is to be taken: goes into its prescription.", """
        dose!
        drug! The key of the prescription.
        per_day:DOUBLE How many times a day.
        quantity:DOUBLE Each time.
        unit
        start_date
        end_date
        """),
    _declared("product", "A line of the source's own list of products: goes into the drugs that name it.", f"""
        product!
        {_CODED}
        """),
    _declared("measurement", "A laboratory result or another measure.", "        measurement!" + _RESULT),
    _declared("observation", "A fact of another kind: a habit, a history, an answer.", "        observation!" + _RESULT),
    _declared("specimen", "A sample taken of a patient.", f"""
        specimen!
        patient!
        {_CODED}
        happened_date!
        happened_datetime
        quantity:DOUBLE
        unit
        """),
    _declared("note", "A text written about a patient.", """
        note!
        patient!
        stay
        title
        text!
        kind
        happened_date!
        happened_datetime
        provider
        """),
    _declared("death", "That a patient died, as one source of it says: several may, and not the same day.", """
        death!
        patient!
        told_by hospital, insee, family
        happened_date!
        happened_datetime
        """),
    _declared("out_of_scope", "A landing row that makes nothing, on purpose.", """
        why! Why, in few words: they are printed with the account.
        """),
)})  # fmt: skip
"""By name, in the order in which they are read."""

MAKES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "patient": ("person",),
    "identity_event": ("person",),
    "address": ("location", "person"),
    "care_site": ("care_site", "fact_relationship"),
    "provider": ("provider",),
    "stay": ("visit_occurrence",),
    "movement": ("visit_detail",),
    "diagnosis": ("condition_occurrence", "procedure_occurrence", "measurement", "observation"),
    "act": ("condition_occurrence", "procedure_occurrence", "measurement", "observation"),
    "drug": ("drug_exposure",),
    "dose": ("drug_exposure",),
    "product": ("drug_exposure",),
    "measurement": ("condition_occurrence", "procedure_occurrence", "measurement", "observation"),
    "observation": ("condition_occurrence", "procedure_occurrence", "measurement", "observation"),
    "specimen": ("specimen",),
    "note": ("note",),
    "death": ("death",),
})  # fmt: skip
"""The tables of OMOP that a shape's rows may make, or go into."""
