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
