"""Rules about people: départements and their clocks, ages, audiences.

Pure functions and dated tables. Does not hold credit or eligibility: see the wallet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from .terms import (
    BIRTH_DATE_IN_FUTURE,
    TOO_LATE_TO_RETURN,
    TOO_MANY_MAILS,
    UNKNOWN_DEPARTMENT,
    AccountState,
    Audience,
    LoginFacts,
    LoginVerdict,
    Permission,
    Role,
    StaffRole,
    SuspensionReason,
)

from diptych.commons.refusal import Refusal, refuse

PARIS: Final = "Europe/Paris"

LINK_LASTS: Final = timedelta(hours=24)
"""How long the link that validates an e-mail address works."""

MAILS_AN_HOUR: Final = 3
"""How many such links one account may ask for in an hour."""


@dataclass(frozen=True, slots=True)
class Department:
    """A département or overseas collectivity, and the clock by which its birthdays begin."""

    code: str
    name: str
    zone: str = PARIS


_METROPOLITAN: Final = (
    "01 Ain|02 Aisne|03 Allier|04 Alpes-de-Haute-Provence|05 Hautes-Alpes|06 Alpes-Maritimes|07 Ardèche|08 Ardennes|"
    "09 Ariège|10 Aube|11 Aude|12 Aveyron|13 Bouches-du-Rhône|14 Calvados|15 Cantal|16 Charente|17 Charente-Maritime|"
    "18 Cher|19 Corrèze|2A Corse-du-Sud|2B Haute-Corse|21 Côte-d’Or|22 Côtes-d’Armor|23 Creuse|24 Dordogne|25 Doubs|"
    "26 Drôme|27 Eure|28 Eure-et-Loir|29 Finistère|30 Gard|31 Haute-Garonne|32 Gers|33 Gironde|34 Hérault|"
    "35 Ille-et-Vilaine|36 Indre|37 Indre-et-Loire|38 Isère|39 Jura|40 Landes|41 Loir-et-Cher|42 Loire|43 Haute-Loire|"
    "44 Loire-Atlantique|45 Loiret|46 Lot|47 Lot-et-Garonne|48 Lozère|49 Maine-et-Loire|50 Manche|51 Marne|"
    "52 Haute-Marne|53 Mayenne|54 Meurthe-et-Moselle|55 Meuse|56 Morbihan|57 Moselle|58 Nièvre|59 Nord|60 Oise|61 Orne|"
    "62 Pas-de-Calais|63 Puy-de-Dôme|64 Pyrénées-Atlantiques|65 Hautes-Pyrénées|66 Pyrénées-Orientales|67 Bas-Rhin|"
    "68 Haut-Rhin|69 Rhône|70 Haute-Saône|71 Saône-et-Loire|72 Sarthe|73 Savoie|74 Haute-Savoie|75 Paris|"
    "76 Seine-Maritime|77 Seine-et-Marne|78 Yvelines|79 Deux-Sèvres|80 Somme|81 Tarn|82 Tarn-et-Garonne|83 Var|"
    "84 Vaucluse|85 Vendée|86 Vienne|87 Haute-Vienne|88 Vosges|89 Yonne|90 Territoire de Belfort|91 Essonne|"
    "92 Hauts-de-Seine|93 Seine-Saint-Denis|94 Val-de-Marne|95 Val-d’Oise"
)

DEPARTMENTS: Final[dict[str, Department]] = {
    department.code: department
    for department in (
        *(Department(*row.split(" ", 1)) for row in _METROPOLITAN.split("|")),
        Department("971", "Guadeloupe", "America/Guadeloupe"),
        Department("972", "Martinique", "America/Martinique"),
        Department("973", "Guyane", "America/Cayenne"),
        Department("974", "La Réunion", "Indian/Reunion"),
        Department("975", "Saint-Pierre-et-Miquelon", "America/Miquelon"),
        Department("976", "Mayotte", "Indian/Mayotte"),
        Department("977", "Saint-Barthélemy", "America/St_Barthelemy"),
        Department("978", "Saint-Martin", "America/Marigot"),
        Department("986", "Wallis-et-Futuna", "Pacific/Wallis"),
        Department("987", "Polynésie française", "Pacific/Tahiti"),
        Department("988", "Nouvelle-Calédonie", "Pacific/Noumea"),
        Department("989", "Clipperton", "Pacific/Pitcairn"),
    )
}
"""Field guide §2.1: 971–978 and 986–989 have their own zone; all others live by Paris; 984 is not covered."""


_ZONES: Final = {department.code: ZoneInfo(department.zone) for department in DEPARTMENTS.values()}
"""Held: Python keeps eight of its own, and reads a file for any other."""
_PARIS: Final = ZoneInfo(PARIS)


def zone_of(department: str | None) -> ZoneInfo:
    """The time zone of a département code; Paris where it is not known."""
    return _ZONES.get(department or "", _PARIS)


def day_at(at: datetime, department: str | None) -> date:
    """The calendar day at an instant, by the département's clock."""
    return at.astimezone(zone_of(department)).date()


def birthday(born: date, age: int) -> date:
    """The day somebody turns `age`. Born on 29 February: 1 March in common years, when that age is reached."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def birthday_begins(born: date, age: int, department: str | None) -> datetime:
    """The instant (UTC) at which the birthday begins: midnight by the département's clock."""
    return datetime.combine(birthday(born, age), time.min, zone_of(department)).astimezone(UTC)


def age_on(born: date, day: date) -> int:
    """Whole years of age on a day."""
    years = day.year - born.year
    return years if day >= birthday(born, years) else years - 1


def age_at(born: date, at: datetime, department: str | None) -> int:
    """Whole years of age at an instant, by the département's clock."""
    return age_on(born, day_at(at, department))


def audience_for(roles: Iterable[str]) -> Audience:
    """The one audience that a set of roles makes."""
    held = set(roles)
    if Role.ADMIN in held:
        return Audience.STAFF
    if held & {Role.PRO, Role.NON_ATTACHED_PRO}:
        return Audience.VENUE
    return Audience.YOUTH


def why_not_profile(*, born: date, department: str, at: datetime) -> Refusal | None:
    """The first reason why a declared birth date and département cannot be taken, or None."""
    if department not in DEPARTMENTS:
        return refuse(UNKNOWN_DEPARTMENT, department=department)
    if born > day_at(at, department):
        return refuse(BIRTH_DATE_IN_FUTURE)
    return None


def why_not_mail(*, sent_in_the_hour: int) -> Refusal | None:
    """Why one more validation link cannot be sent to an account, or None."""
    return refuse(TOO_MANY_MAILS) if sent_in_the_hour >= MAILS_AN_HOUR else None


RETURN_WITHIN: Final = timedelta(days=60)
"""Guide §5.2: how long somebody who closed their own account may open it again."""

_STATE_OF: Final = {
    SuspensionReason.UPON_USER_REQUEST: AccountState.SUSPENDED_UPON_USER_REQUEST,
    SuspensionReason.SUSPICIOUS_LOGIN_REPORTED_BY_USER: AccountState.SUSPICIOUS_LOGIN_REPORTED_BY_USER,
    SuspensionReason.WAITING_FOR_ANONYMIZATION: AccountState.WAITING_FOR_ANONYMIZATION,
    SuspensionReason.DELETED: AccountState.DELETED,
}


def state_when_suspended(reason: SuspensionReason) -> AccountState:
    """The state of an account that is suspended for a reason."""
    return _STATE_OF.get(reason, AccountState.SUSPENDED)


def why_not_return(*, suspended_at: datetime, at: datetime) -> Refusal | None:
    """Why somebody may not open again the account that they closed themselves, or None."""
    return refuse(TOO_LATE_TO_RETURN) if at >= suspended_at + RETURN_WITHIN else None


ALERT_LASTS: Final = timedelta(days=7)
"""Guide §5.2, suspicious login: the link of the warning works for one week."""
MOST_ALERTS: Final = 5
"""Guide §5.2: at most five such links hold at once; a sixth stranger is in the history, without a letter."""
SESSION_LASTS: Final = timedelta(days=31)
SESSION_LASTS_TRUSTED: Final = timedelta(days=366)
"""Guide §5.2, sessions: 31 days, 366 on a trusted device."""


def judge_login(facts: LoginFacts, *, at: datetime) -> LoginVerdict:
    """What follows from a sign-in. The first device of an account is its owner's. Another is a stranger, told of, until it
    was known for a week without the owner saying that it was not them (that forgets it); from then it is trusted."""
    if facts.trusted:
        return LoginVerdict()
    if facts.known_since is not None:
        return LoginVerdict(trust=facts.known_since <= at - ALERT_LASTS)
    if not facts.any_known:
        return LoginVerdict(trust=True)
    return LoginVerdict(suspicious=True, alert=facts.alerts < MOST_ALERTS)


def session_lasts(*, trusted: bool) -> timedelta:
    """For how long a session opened on a device goes on without signing in again."""
    return SESSION_LASTS_TRUSTED if trusted else SESSION_LASTS


@dataclass(frozen=True, slots=True)
class Permit:
    """One permission and the roles that hold it."""

    permission: Permission
    roles: frozenset[StaffRole]


_ALL: Final = frozenset({StaffRole.QA, StaffRole.GLOBAL_ACCESS})
PERMITS: Final = (
    Permit(
        Permission.READ_PUBLIC_ACCOUNT,
        _ALL
        | {
            StaffRole.SUPPORT_N1,
            StaffRole.SUPPORT_N2,
            StaffRole.FRAUDE_CONFORMITE,
            StaffRole.FRAUDE_JEUNES,
            StaffRole.PROGRAMMATION_MARKET,
            StaffRole.LECTURE_SEULE,
            StaffRole.DPO,
        },
    ),
    Permit(Permission.MANAGE_PUBLIC_ACCOUNT, _ALL | {StaffRole.SUPPORT_N2}),
    Permit(Permission.BENEFICIARY_FRAUD_ACTIONS, _ALL | {StaffRole.FRAUDE_JEUNES}),
    Permit(Permission.BENEFICIARY_MANUAL_REVIEW, frozenset({StaffRole.GLOBAL_ACCESS})),
    Permit(Permission.SUSPEND_USER, _ALL | {StaffRole.SUPPORT_N2, StaffRole.FRAUDE_JEUNES}),
    Permit(Permission.UNSUSPEND_USER, _ALL | {StaffRole.FRAUDE_JEUNES}),
    Permit(Permission.FEATURE_FLIPPING, _ALL | {StaffRole.PRODUCT_MANAGEMENT}),
    Permit(Permission.EXTRACT_PUBLIC_ACCOUNT, frozenset({StaffRole.SUPPORT_N2, StaffRole.DPO})),
    Permit(Permission.ANONYMIZE_PUBLIC_ACCOUNT, frozenset({StaffRole.ADMIN, StaffRole.SUPPORT_N3, StaffRole.DPO})),
    Permit(
        Permission.READ_PRO_ENTITY,
        _ALL
        | {
            StaffRole.SUPPORT_PRO,
            StaffRole.FRAUDE_CONFORMITE,
            StaffRole.PROGRAMMATION_MARKET,
            StaffRole.HOMOLOGATION,
            StaffRole.CHARGE_DEVELOPPEMENT,
            StaffRole.LECTURE_SEULE,
        },
    ),
    Permit(
        Permission.VALIDATE_OFFERER,
        _ALL | {StaffRole.FRAUDE_CONFORMITE, StaffRole.PROGRAMMATION_MARKET, StaffRole.HOMOLOGATION},
    ),
    Permit(Permission.READ_PRO_SENSITIVE_INFO, _ALL | {StaffRole.FRAUDE_CONFORMITE, StaffRole.HOMOLOGATION}),
    Permit(Permission.CLOSE_OFFERER, _ALL | {StaffRole.SUPPORT_PRO}),
    Permit(
        Permission.READ_OFFERS,
        _ALL | {StaffRole.SUPPORT_PRO, StaffRole.FRAUDE_CONFORMITE, StaffRole.PROGRAMMATION_MARKET, StaffRole.LECTURE_SEULE},
    ),
    Permit(Permission.MANAGE_OFFERS, _ALL | {StaffRole.FRAUDE_CONFORMITE, StaffRole.PROGRAMMATION_MARKET}),
    Permit(Permission.READ_INCIDENTS, _ALL | {StaffRole.CODIR_ADMIN, StaffRole.SUPPORT_PRO, StaffRole.DAF}),
    Permit(
        Permission.CREATE_INCIDENTS,
        _ALL | {StaffRole.SUPPORT_N2, StaffRole.SUPPORT_PRO, StaffRole.FRAUDE_CONFORMITE, StaffRole.DAF},
    ),
    Permit(Permission.MANAGE_INCIDENTS, _ALL | {StaffRole.DAF}),
    Permit(Permission.VALIDATE_COMMERCIAL_GESTURE, frozenset({StaffRole.CODIR_ADMIN})),
    Permit(Permission.READ_REIMBURSEMENT_RULES, _ALL | {StaffRole.SUPPORT_PRO, StaffRole.DAF, StaffRole.RESPONSABLE_DAF}),
    Permit(Permission.CREATE_REIMBURSEMENT_RULES, _ALL | {StaffRole.RESPONSABLE_DAF}),
    Permit(Permission.PAY_VENUES, _ALL | {StaffRole.DAF}),
    Permit(Permission.VISIT_PLACES, _ALL | {StaffRole.CHARGE_DEVELOPPEMENT}),
    Permit(Permission.MANAGE_HIGHLIGHT, _ALL | {StaffRole.PROGRAMMATION_MARKET}),
)
"""Guide §8.1, the sample matrix of the official development environment, for what our pages ask."""

BORROWED: Final[dict[str, Permission]] = {
    "wagtailadmin.access_admin": Permission.MANAGE_HIGHLIGHT,
    "editorial.add_shelf": Permission.MANAGE_HIGHLIGHT,
    "editorial.change_shelf": Permission.MANAGE_HIGHLIGHT,
    "editorial.delete_shelf": Permission.MANAGE_HIGHLIGHT,
    "editorial.publish_shelf": Permission.MANAGE_HIGHLIGHT,
}
"""What the editor's screens (Wagtail) ask, in Django's words, and the permission of ours that answers; all else is no."""
TABLES: Final = (PERMITS,)


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """What a set of the team's roles allows together. None allows nothing."""
    held = set(roles)
    return frozenset(permit.permission for permit in PERMITS if held & permit.roles)


def allows_borrowed(roles: Iterable[str], name: str) -> bool:
    """Whether the team's roles allow what a borrowed screen asks in Django's words."""
    permission = BORROWED.get(name)
    return permission is not None and permission in permissions_of(roles)
