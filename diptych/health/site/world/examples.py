"""Three questions ready to play with."""

EXAMPLES = ()
