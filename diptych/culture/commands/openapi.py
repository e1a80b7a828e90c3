"""`diptych culture openapi`: the contract of an API, as the service itself serves it."""

from enum import StrEnum
from typing import Annotated

import typer


class Which(StrEnum):
    """The APIs that have a contract."""

    PARTNERS = "partners"
    YOUTH = "youth"


ADDRESSES = {Which.PARTNERS: "/public/openapi.json", Which.YOUTH: "/openapi.json"}


def openapi(which: Annotated[Which, typer.Argument(help="Whose API.")]) -> None:
    """Print the OpenAPI document of an API: what its programs may rely on."""
    from django.http import HttpRequest
    from django.urls import resolve

    match = resolve(ADDRESSES[which])
    typer.echo(match.func(HttpRequest()).content.decode())
