"""The cohort language's words: why a definition is refused."""

from diptych.commons.refusal import Kind, Reason

NOT_JSON = Reason("cohort.not_json", Kind.INVALID, "{path}: this is not JSON ({why}).")
NO_FILE = Reason("cohort.no_file", Kind.INVALID, "{path}: there is no definition to read here.")
WRONG = Reason("cohort.wrong", Kind.INVALID, "{path}: at {place}, {what}.")
NO_ROOM = Reason("cohort.no_room", Kind.CONFLICT, "{path} cannot be written: {why}.")
NO_ROWS = Reason("cohort.no_rows", Kind.INVALID, "There are no rows for criterion {criterion}: {why}.")
WRONG_ROWS = Reason("cohort.wrong_rows", Kind.INVALID, "{path}, line {line}: {what}.")
NOT_PERSONS = Reason("cohort.not_persons", Kind.INVALID, "A cohort of {resource} cannot be counted here: only of Patient.")
NO_SPARK = Reason("cohort.no_spark", Kind.CONFLICT, "Spark is not installed. Run: {command}")
NOT_STARTED = Reason("cohort.spark_not_started", Kind.CONFLICT, "Spark does not start: {why}. It needs Java 17 or later.")
UNSAYABLE = Reason("cohort.unsayable", Kind.CONFLICT, "Circe has no words for {what} in {criterion}.")

# ---- what a card asks and Circe has no words for

FOREIGN_CARD = Reason("cohort.foreign_card", Kind.CONFLICT, "Circe cannot say «{card}»: it is in another system’s words.")
LISTED_CARD = Reason("cohort.listed_card", Kind.CONFLICT, "Circe cannot say «{card}»: it has no lists of patients.")
BORN_CARD = Reason(
    "cohort.born_card", Kind.CONFLICT, "Circe cannot say «{card}»: it knows an age at an event, and no year of birth."
)
AGED_CARD = Reason(
    "cohort.aged_card",
    Kind.CONFLICT,
    "Circe cannot say «{card}»: it counts ages by the calendar year, not to the day. Leave the age out.",
)
REPEATED_CARD = Reason(
    "cohort.repeated_card", Kind.CONFLICT, "Circe cannot say «{card}»: it does not count how often one code comes back."
)
FILTERED_CARD = Reason("cohort.filtered_card", Kind.CONFLICT, "Circe has no words for one of the settings of «{card}».")
DATED_CARD = Reason(
    "cohort.dated_card",
    Kind.CONFLICT,
    "Circe cannot say «{card}»: it counts by the visit or by the day of what happened, and these are dated by their stay.",
)
UNRELATED_CARDS = Reason(
    "cohort.unrelated_cards",
    Kind.CONFLICT,
    "Circe cannot say how these are related: «{card}». It relates criteria, not groups; by whole days from their start, or by "
    "one visit; and in different visits two of them only.",
)
SITED = Reason(
    "cohort.sited",
    Kind.CONFLICT,
    "Circe cannot say a perimeter. Choose all the places of care that you may ask about, then export again.",
)
OTHERS = Reason(
    "cohort.others",
    Kind.CONFLICT,
    "In Circe’s words this hospital would give other patients for «{card}»: some of its records lie outside every observation "
    "period, bear no visit, or say the hour. So it is not exported.",
)
UNSAYABLE_CARDS = (
    FOREIGN_CARD, LISTED_CARD, BORN_CARD, AGED_CARD, REPEATED_CARD, FILTERED_CARD, DATED_CARD, UNRELATED_CARDS,
)  # fmt: skip

UNKNOWN_PERSON = Reason("cohort.unknown_person", Kind.MISSING, "None of the rows handed in is person {person}'s.")
NO_FOLDER = Reason("cohort.no_folder", Kind.INVALID, "{path} is no folder of rows: resource_<id>.csv files are expected there.")
WHERE = Reason("cohort.where", Kind.INVALID, "Say where the rows are: either --store DIR or --rows DIR.")
REQUESTS_ONLY = Reason(
    "cohort.requests_only",
    Kind.INVALID,
    "{definition} is a definition of Circe's: rows handed in answer requests of Cohort360's only.",
)
STORE_ONLY = Reason(
    "cohort.store_only", Kind.INVALID, "Engine {engine} answers from a store only: rows handed in are counted without --engine."
)
SAME_NUMBER = Reason(
    "cohort.same_number", Kind.INVALID, "{first} and {second} would both be number {number}: name one file otherwise."
)
