"""`python -m diptych`: the same as `diptych`."""

from .cli import main

main()
