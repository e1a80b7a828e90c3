"""Who may enter the locked room of a demo: invented, with a password that the demo prints."""

from typing import Final, NamedTuple


class Person(NamedTuple):
    """Somebody of the demo's room: what they do, their name, their address, their role."""

    who: str
    name: str
    email: str
    role: str


PASSWORD: Final = "bonjour-diptych"  # noqa: S105  # the demo's, printed by it
PEOPLE: Final = (
    Person("data engineer: what waits, steps, sources", "Hugo Ingénieur", "hugo@salle.exemple.fr", "engineer"),
    Person("data steward: codes to map", "Anne Référente", "anne@salle.exemple.fr", "steward"),
    Person("data protection officer: journal, signatures", "Denis Délégué", "denis@salle.exemple.fr", "dpo"),
)
