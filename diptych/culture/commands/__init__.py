"""What a person types: the verbs of `diptych culture`, one group a file. Parses, calls one operation, prints."""
