"""`diptych health account`: open an account of the research screens, on the machine that serves them."""

import sys
from collections.abc import Iterable
from datetime import datetime
from getpass import getpass
from typing import Annotated

import typer

from .omop import JsonOption
from .opening import opened

from diptych.commons.clock import now
from diptych.commons.refusal import deny
from diptych.commons.terminal import show_json
from diptych.health.warehouse.research.accounts.terms import NO_ADDRESS, WEAK, Right

BY = "job:account"
"""Who opened an account, in the journal: whoever has the machine."""


def account(
    email: Annotated[str, typer.Argument(help="The e-mail address to sign in with.")],
    name: Annotated[str, typer.Option("--name", help="The person's name, as colleagues read it.")],
    care_site: Annotated[list[int], typer.Option("--care-site", help="A place of care they may ask about, with all below it.")],
    right: Annotated[list[Right] | None, typer.Option("--right", help="What they may do besides counting.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Open an account of the research screens. The password is asked for, or read from standard input; it is never an argument.

    Example: diptych health account lea@chu.example --name "Léa Martin" --care-site 1 --right exact_counts
    """
    password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    with opened():
        number = open_one(email=email, name=name, password=password, rights=right or (), care_sites=care_site, at=now())
    if as_json:
        show_json({"account": number, "email": email})
    else:
        print(f"{email} may sign in.")


def open_one(*, email: str, name: str, password: str, rights: Iterable[Right], care_sites: Iterable[int], at: datetime) -> int:
    """Open an account. Refused (`accounts.no_address`, `accounts.weak_password`, `accounts.taken`); gives its number."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from diptych.health.warehouse.research.accounts.operations import open_account

    try:
        validate_email(email)
    except ValidationError:
        deny(NO_ADDRESS, email=email)
    try:
        validate_password(password)
    except ValidationError as error:
        deny(WEAK, why=" ".join(error.messages).rstrip("."))
    return open_account(email=email, name=name, password=password, rights=rights, care_sites=care_sites, actor=BY, at=at)
