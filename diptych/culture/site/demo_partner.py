"""The key of the demo's partner: the same in each world, told when the demo starts. It opens nothing anywhere else.

Holds the key alone, known before Django is ready. Does not hold what it shows (world/outings).
"""

from typing import Final

_BEGINNING: Final = "DemoDiptych2"
_SECRET: Final = "AproposDesSortiesScoLairesDeLaDemo234567"  # noqa: S105  # told on purpose: a demo has nobody's data
KEY: Final = f"{_BEGINNING}_{_SECRET}"
KEY_PARTS: Final = {len(part): part for part in (_BEGINNING, _SECRET)}
"""Its two parts by their length, as a key is drawn."""
