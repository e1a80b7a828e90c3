"""The cohort language's words: why a definition is refused."""

from diptych.commons.refusal import Kind, Reason

NOT_JSON = Reason("cohort.not_json", Kind.INVALID, "{path}: this is not JSON ({why}).")
NO_FILE = Reason("cohort.no_file", Kind.INVALID, "{path}: there is no definition to read here.")
WRONG = Reason("cohort.wrong", Kind.INVALID, "{path}: at {place}, {what}.")
NO_ROOM = Reason("cohort.no_room", Kind.CONFLICT, "{path} cannot be written: {why}.")
