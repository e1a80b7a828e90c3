"""The store's words: why a source or a store is refused."""

from diptych.commons.refusal import Kind, Reason

NO_SOURCE = Reason("omop.no_source", Kind.INVALID, "{path} is neither a folder of CSV or Parquet files nor a DuckDB file.")
UNREADABLE = Reason("omop.unreadable", Kind.INVALID, "{table}: the file cannot be read: {why}.")
TWICE = Reason("omop.twice", Kind.INVALID, "{table} is there twice: {first} and {second}. Keep one of them.")
FINDINGS = Reason("omop.findings", Kind.INVALID, "{count} faults in the source: {first}. Nothing was written.")
NO_STORE = Reason("omop.no_store", Kind.MISSING, "{path} holds no store. Run: diptych health omop load SOURCE --store {path}.")
DAMAGED = Reason("omop.damaged", Kind.CONFLICT, "{path}: {table} is not as it was written ({why}). Load the source again.")
NO_DATABASE = Reason("omop.no_database", Kind.INVALID, "{path}: DuckDB cannot open it: {why}.")
BUSY = Reason("omop.busy", Kind.CONFLICT, "{path} is being written by another load. Try again when it has ended.")
NO_ROOM = Reason("omop.no_room", Kind.CONFLICT, "{path} cannot be written: {why}. The store is as it was.")
NO_RELEASE = Reason("omop.no_release", Kind.MISSING, "{path} has no release {release}.")
IN_USE = Reason("omop.in_use", Kind.CONFLICT, "{release} is the current release. Load another before dropping it.")
NO_PERSON = Reason("omop.no_person", Kind.MISSING, "The store's release {release} knows no person {person}.")
NOT_HASHED = Reason(
    "omop.not_hashed",
    Kind.CONFLICT,
    "{path} was loaded before its index was hashed: its tables are as they were written, of its index nothing can be said. "
    "Load the source again.",
)
