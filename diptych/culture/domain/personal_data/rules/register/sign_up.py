"""The register: the way from sign-up to credit. The fraud journal stays, emptied of what says who somebody is."""

from typing import Final

from ...terms import Category, Kept
from .shapes import CUT, ELIGIBILITY, EMPTY, SECURITY, Row, Table, hidden, plain, seen

_MINE: Final = "person_id = %(person)s"

ROWS: Final = (
    Table(
        "eligibility_phonetry",
        SECURITY,
        (*hidden("id person_id", Category.LINK), seen("at", Category.TRACE, "Code faux tapé le")),
        title="Codes faux",
        of=_MINE,
        row=Row.DROPPED,
        order="at",
    ),
    Table(
        "eligibility_reminder",
        ELIGIBILITY,
        (*hidden("id person_id attempt", Category.LINK), seen("at", Category.TRACE, "Rappel envoyé le")),
        title="Rappels d’inscription",
        of=_MINE,
        row=Row.DROPPED,
        order="at",
    ),
    Table(
        "eligibility_bonusrequest",
        ELIGIBILITY,
        (
            *hidden("id person_id attempt", Category.LINK),
            seen("last_name", Category.IDENTITY, "Nom du parent"),
            seen("first_name", Category.IDENTITY, "Prénom du parent"),
            seen("birth_date", Category.BIRTH, "Naissance du parent"),
            seen("custodian_gender", Category.IDENTITY, "Sexe du parent"),
            seen("birth_commune", Category.PLACE, "Commune de naissance du parent"),
            seen("gender", Category.IDENTITY, "Sexe à l’état civil"),
            seen("at", Category.TRACE, "Bonus demandé le"),
        ),
        title="Demande de bonus en attente",
        of=_MINE,
        row=Row.DROPPED,
        order="at",
    ),
    Table("eligibility_refusedphone", ELIGIBILITY, plain("id phone_hash why actor at")),
    Table(
        "eligibility_phonecode",
        SECURITY,
        (
            *hidden("id person_id", Category.LINK),
            seen("phone", Category.CONTACT, "Téléphone"),
            seen("made_at", Category.TRACE, "Code envoyé le"),
            seen("expires_at", Category.TRACE, "Valable jusqu’au"),
            seen("used_at", Category.TRACE, "Utilisé le"),
        ),
        title="Codes envoyés par SMS",
        of=_MINE,
        row=Row.DROPPED,
        order="made_at",
    ),
    Table(
        "eligibility_fraudcheck",
        ELIGIBILITY,
        (
            *hidden("id person_id attempt", Category.LINK, kept=Kept.NUMBER),
            seen("type", Category.ACCOUNT, "Contrôle", kept=Kept.PROOF),
            seen("status", Category.ACCOUNT, "État", kept=Kept.PROOF),
            seen("eligibility", Category.ACCOUNT, "Dispositif", kept=Kept.PROOF),
            seen("reasons", Category.ACCOUNT, "Raisons", kept=Kept.PROOF),
            seen("answer", Category.IDENTITY, "Ce que le contrôle a lu", "'{}'"),
            *hidden("actor", Category.LINK, kept=Kept.PROOF),
            *hidden("event", Category.LINK, EMPTY),
            seen("registered_at", Category.TRACE, "Dossier fait le", CUT),
            seen("made_at", Category.TRACE, "Écrit le", CUT),
        ),
        title="Contrôles de l’inscription",
        of=_MINE,
        row=Row.KEPT,
        order="id",
    ),
    Table(
        "eligibility_fraudreview",
        ELIGIBILITY,
        (
            *hidden("id person_id", Category.LINK, kept=Kept.NUMBER),
            seen("result", Category.ACCOUNT, "Décision", kept=Kept.PROOF),
            *hidden("why", Category.TRACE, EMPTY),
            *hidden("actor", Category.LINK, kept=Kept.PROOF),
            seen("at", Category.TRACE, "Décidé le", CUT),
        ),
        title="Décisions sur l’inscription",
        of=_MINE,
        row=Row.KEPT,
        order="id",
    ),
)
