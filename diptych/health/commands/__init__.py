"""The verbs of `diptych health`, one group a file: each parses, calls, prints."""
