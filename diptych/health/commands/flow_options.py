"""The options that every command of the flow has: where the home is, and its keys."""

from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[Path, typer.Option("--home", help="The folder of what is received.", file_okay=False)]
KeysOption = Annotated[
    Path | None, typer.Option("--keys", help="The folder of the keys; HOME.keys if it is not named.", file_okay=False)
]
