"""The register: accounts, how one gets in, what one may act for, what one asked of us about one's data."""

from typing import Final

from ...terms import FORGOTTEN_ADDRESS, Category, Kept
from .shapes import ACCOUNT, CUT, CUT_DAY, EMPTY, NULL, RIGHTS, SECURITY, WORK, Column, Row, Table, hidden, plain, seen

_MINE: Final = "person_id = %(person)s"
_USER: Final = "user_id = %(person)s"

PERSON: Final = Table(
    "people_person",
    ACCOUNT,
    (
        seen("id", Category.LINK, "Numéro du compte", kept=Kept.NUMBER),
        *hidden("password", Category.SECRET, "'!'"),
        seen("last_login", Category.TRACE, "Dernière connexion", NULL),
        seen("email", Category.CONTACT, "Adresse électronique", f"'anonyme.' || id || '@{FORGOTTEN_ADDRESS}'"),
        seen("email_validated_at", Category.TRACE, "Adresse confirmée le", CUT),
        seen("first_name", Category.IDENTITY, "Prénom", EMPTY),
        seen("last_name", Category.IDENTITY, "Nom", EMPTY),
        seen("roles", Category.ACCOUNT, "Rôles", "array['ANONYMIZED']"),
        seen("state", Category.ACCOUNT, "État du compte", "'ANONYMIZED'"),
        seen("birth_date", Category.BIRTH, "Date de naissance déclarée", CUT_DAY),
        seen("validated_birth_date", Category.BIRTH, "Date de naissance vérifiée", CUT_DAY),
        seen("department", Category.PLACE, "Département", kept=Kept.STATISTICS),
        *hidden("staff_roles", Category.PROFESSIONAL, "'{}'"),
        seen("language", Category.ACCOUNT, "Langue", kept=Kept.STATISTICS),
        seen("registered_at", Category.TRACE, "Inscription", CUT),
        *hidden("signed_out_at", Category.TRACE, NULL),
    ),
    title="Compte",
    of="id = %(person)s",
    row=Row.KEPT,
)

ROWS: Final = (
    Table(
        "account_emailconfirmation",
        SECURITY,
        (*hidden("id email_address_id", Category.LINK), *hidden("created sent", Category.TRACE), *hidden("key", Category.SECRET)),
        of="email_address_id in (select id from account_emailaddress where user_id = %(person)s)",
        row=Row.DROPPED,
    ),
    Table(
        "account_emailaddress",
        ACCOUNT,
        (
            *hidden("id user_id", Category.LINK),
            seen("email", Category.CONTACT, "Adresse électronique"),
            *plain("verified primary"),
        ),
        title="Autres adresses",
        of=_USER,
        row=Row.DROPPED,
    ),
    Table(
        "people_emailcheck",
        SECURITY,
        (
            *hidden("id person_id", Category.LINK),
            *hidden("password", Category.SECRET),
            seen("made_at", Category.TRACE, "Lien envoyé"),
            seen("expires_at", Category.TRACE, "Valable jusqu’au"),
            seen("used_at", Category.TRACE, "Suivi"),
        ),
        title="Liens de vérification de l’adresse",
        of=_MINE,
        row=Row.DROPPED,
        order="made_at",
    ),
    Table(
        "socialaccount_socialtoken",
        SECURITY,
        (
            *hidden("id account_id app_id", Category.LINK),
            *hidden("token token_secret", Category.SECRET),
            *hidden("expires_at", Category.TRACE),
        ),
        of="account_id in (select id from socialaccount_socialaccount where user_id = %(person)s)",
        row=Row.DROPPED,
    ),
    Table(
        "socialaccount_socialaccount",
        ACCOUNT,
        (
            *hidden("id user_id", Category.LINK),
            seen("provider", Category.ACCOUNT, "Fournisseur d’identité"),
            seen("uid", Category.LINK, "Identifiant chez lui"),
            seen("last_login", Category.TRACE, "Dernière connexion par lui"),
            seen("date_joined", Category.TRACE, "Lié le"),
            seen("extra_data", Category.IDENTITY, "Ce qu’il a transmis"),
        ),
        title="Identités liées",
        of=_USER,
        row=Row.DROPPED,
    ),
    Table(
        "mfa_authenticator",
        SECURITY,
        (
            *hidden("id user_id", Category.LINK),
            seen("type", Category.ACCOUNT, "Second facteur"),
            *hidden("data", Category.SECRET),
            seen("created_at", Category.TRACE, "Ajouté le"),
            seen("last_used_at", Category.TRACE, "Dernier usage"),
        ),
        title="Double vérification",
        of=_USER,
        row=Row.DROPPED,
    ),
    Table(
        "bearer_refresh",
        SECURITY,
        (
            *hidden("digest family", Category.SECRET),
            *hidden("person_id", Category.LINK),
            seen("audience", Category.ACCOUNT, "Ouverte comme"),
            seen("issued_at", Category.TRACE, "Ouverte le"),
            seen("expires_at", Category.TRACE, "Valable jusqu’au"),
            seen("spent_at", Category.TRACE, "Renouvelée le"),
        ),
        title="Sessions d’applications",
        of=_MINE,
        row=Row.DROPPED,
        order="issued_at",
    ),
    Table(
        "django_session",
        SECURITY,
        (
            *hidden("session_key session_data", Category.SECRET),
            seen("expire_date", Category.TRACE, "Ouverte jusqu’au"),
        ),
        title="Sessions de navigateurs",
        of="session_key = any(%(sessions)s)",
        row=Row.DROPPED,
        order="expire_date",
    ),
    Table(
        "axes_accessattemptexpiration",
        SECURITY,
        (*hidden("access_attempt_id", Category.LINK), *hidden("expires_at", Category.TRACE)),
        of="access_attempt_id in (select id from axes_accessattempt where username = %(knock)s)",
        row=Row.DROPPED,
    ),
    *(
        Table(
            name,
            SECURITY,
            (
                *plain("id http_accept path_info" + more),
                seen("user_agent", Category.TRACE, "Navigateur"),
                seen("ip_address", Category.TRACE, "Adresse réseau"),
                *hidden("username", Category.LINK),
                seen("attempt_time", Category.TRACE, "Quand"),
                *hidden(hidden_ones, Category.TRACE),
            ),
            title=title,
            of="username = %(knock)s",
            row=Row.DROPPED,
            order="attempt_time",
        )
        for name, title, more, hidden_ones in (
            ("axes_accessattempt", "Échecs de connexion", " failures_since_start", "get_data post_data"),
            ("axes_accessfailurelog", "Journal des échecs", " locked_out", ""),
            ("axes_accesslog", "Journal des connexions", "", "logout_time session_hash"),
        )
    ),
    Table(
        "venues_membership",
        WORK,
        (
            *hidden("id person_id structure_id", Category.LINK),
            seen("validation", Category.PROFESSIONAL, "État du rattachement"),
            seen("created_at", Category.PROFESSIONAL, "Demandé le"),
        ),
        title="Rattachements à des structures",
        of=_MINE,
        row=Row.DROPPED,
        order="created_at",
    ),
    Table(
        "personal_data_extract",
        RIGHTS,
        (
            *hidden("id person_id asked_by_id", Category.LINK),
            seen("asked_at", Category.TRACE, "Demandé le"),
            seen("state", Category.ACCOUNT, "État"),
            seen("expires_at", Category.TRACE, "Valable jusqu’au"),
            *hidden("content", Category.SECRET),
        ),
        title="Copies de tes données",
        of=_MINE,
        row=Row.DROPPED,
        order="asked_at",
    ),
    Table(
        "personal_data_notice",
        RIGHTS,
        (
            *hidden("id person_id", Category.LINK),
            seen("rule", Category.ACCOUNT, "Règle"),
            seen("told_at", Category.TRACE, "Prévenu le"),
        ),
        title="Avertissements avant effacement",
        of=_MINE,
        row=Row.DROPPED,
    ),
    Table(
        "personal_data_erasurerequest",
        RIGHTS,
        (
            *hidden("id person_id", Category.LINK, kept=Kept.NUMBER),
            *hidden("asked_by_id", Category.LINK, kept=Kept.PROOF),
            seen("asked_at", Category.TRACE, "Demandé le", kept=Kept.PROOF),
            seen("due_at", Category.TRACE, "Prévu le", kept=Kept.PROOF),
            seen("why", Category.ACCOUNT, "Raison", kept=Kept.PROOF),
            seen("state", Category.ACCOUNT, "État", kept=Kept.PROOF),
            *hidden("ended_at", Category.TRACE, kept=Kept.PROOF),
        ),
        title="Demandes d’effacement",
        of=_MINE,
        row=Row.KEPT,
        order="asked_at",
    ),
    Table(
        "personal_data_evidence",
        RIGHTS,
        (
            *hidden("id person_id", Category.LINK, kept=Kept.NUMBER),
            *hidden("actor", Category.LINK, kept=Kept.PROOF),
            seen("at", Category.TRACE, "Quand", kept=Kept.PROOF),
            seen("act", Category.ACCOUNT, "Acte", kept=Kept.PROOF),
            seen("rule", Category.ACCOUNT, "Règle", kept=Kept.PROOF),
            *plain("counts"),
        ),
        title="Ce qui a été fait de tes données",
        of=_MINE,
        row=Row.KEPT,
        order="at",
    ),
)

__all__ = ["PERSON", "ROWS", "Column"]
