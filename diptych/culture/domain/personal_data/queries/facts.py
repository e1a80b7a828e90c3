"""What decides about accounts, read for many at once; and whom the night has to look at.

Holds the gathering. Does not decide: `rules.clocks` does.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from ..rules.clocks import ACCOUNT_CLOCKS, WARNED_BEFORE, is_warning_due, why_not_erase, years_before
from ..terms import AccountFacts

from diptych.culture.domain.people.rules import RETURN_WITHIN, audience_for
from diptych.culture.domain.people.terms import AccountState

BATCH: Final = 500

# A closed account without a row of its suspension (closed before those rows were kept, or by hand) was closed when its sessions
# were ended, which closing always does, for the reason that its state names; SUSPENDED names none, and none is invented. Where
# even that instant is not known, no suspension is counted: the account lives by its ordinary clock, and staff's waits for an
# officer.
_FACTS: Final = """
select p.id, p.roles, p.state, coalesce(p.validated_birth_date, p.birth_date), p.department,
    greatest(coalesce(p.last_login, p.registered_at), (select max(issued_at) from bearer_refresh b where b.person_id = p.id)),
    d.deposits, d.ends,
    coalesce(s.at, case when p.state not in ('ACTIVE', 'INACTIVE', 'ANONYMIZED') then p.signed_out_at end),
    coalesce(s.why, case p.state when 'SUSPENDED_UPON_USER_REQUEST' then 'UPON_USER_REQUEST'
        when 'SUSPICIOUS_LOGIN_REPORTED_BY_USER' then 'SUSPICIOUS_LOGIN_REPORTED_BY_USER' else '' end),
    exists (select from venues_membership m where m.person_id = p.id and m.validation in ('NEW', 'PENDING', 'VALIDATED')),
    exists (select from personal_data_extract x where x.person_id = p.id and x.state = 'ASKED'),
    (select count(*) from bookings_booking k where k.person_id = p.id and k.status in ('HELD', 'CONFIRMED')),
    r.asked_at, n.told_at
from people_person p
left join lateral (select count(*) as deposits, max(expires_at) as ends from wallet_deposit w where w.person_id = p.id) d on true
left join lateral (
    select u.at, u.reason as why from people_suspension u where u.person_id = p.id and u.ended_at is null
) s on true
left join personal_data_erasurerequest r on r.person_id = p.id and r.state = 'QUEUED'
left join personal_data_notice n on n.person_id = p.id
where p.id = any(%s) order by p.id
"""

# Those whom a clock or a request may have reached: a first sieve, wide; the rules judge each.
_REACHED: Final = """
select p.id from people_person p where p.id > %(after)s and p.state <> 'ANONYMIZED' and (
    coalesce(p.last_login, p.registered_at) <= %(unseen)s
    or ('ADMIN' = any(p.roles) and p.state <> 'ACTIVE')
    or (p.state not in ('ACTIVE', 'INACTIVE') and coalesce(
        (select u.at from people_suspension u where u.person_id = p.id and u.ended_at is null), p.signed_out_at
    ) <= %(closed)s)
    or exists (select from personal_data_erasurerequest r where r.person_id = p.id and r.state = 'QUEUED' and r.due_at <= %(soon)s)
) order by p.id limit %(limit)s
"""

_ASKED: Final = """
select r.person_id from personal_data_erasurerequest r
where r.person_id > %(after)s and r.state = 'QUEUED' and r.due_at <= %(soon)s order by r.person_id limit %(limit)s
"""


def facts_of(person_ids: Sequence[int]) -> list[AccountFacts]:
    """The facts of these accounts, in the order of their numbers; unknown ones are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, (list(person_ids),))
        return [
            AccountFacts(
                person_id=row[0],
                audience=audience_for(row[1]),
                erased=row[2] == AccountState.ANONYMIZED,
                born=row[3],
                department=row[4],
                seen_at=row[5],
                deposits=row[6],
                deposits_end_at=row[7],
                suspended_at=row[8],
                suspended_why=row[9],
                attached=row[10],
                extract_pending=row[11],
                live_bookings=row[12],
                asked_at=row[13],
                warned_at=row[14],
            )
            for row in cursor.fetchall()
        ]


def _reached(at: datetime, *, warning: bool = False, asked_only: bool = False) -> Iterator[AccountFacts]:
    "By the number of the account, batch after batch, each row seen once: whoever is refused is not asked again."
    ahead = max(WARNED_BEFORE, *(timedelta(days=row.warned_days) for row in ACCOUNT_CLOCKS)) if warning else timedelta(0)
    years = min(row.unseen_years for row in ACCOUNT_CLOCKS if row.unseen_years is not None)
    after = 0
    while True:
        with connection.cursor() as cursor:
            soon = at + ahead
            cursor.execute(
                _ASKED if asked_only else _REACHED,
                {
                    "after": after,
                    "unseen": years_before(soon, years),
                    "closed": soon - RETURN_WITHIN,
                    "soon": soon,
                    "limit": BATCH,
                },
            )
            found = [person_id for (person_id,) in cursor.fetchall()]
        yield from facts_of(found)
        if len(found) < BATCH:
            return
        after = found[-1]


def due(*, at: datetime, asked_only: bool = False) -> Iterator[AccountFacts]:
    """Accounts that are to be forgotten now, in the order of their numbers; of those who asked alone, where it is said."""
    return (facts for facts in _reached(at, asked_only=asked_only) if why_not_erase(facts, at=at) is None)


def to_warn(*, at: datetime) -> Iterator[AccountFacts]:
    """Accounts whose owner is to be told now that they go."""
    return (facts for facts in _reached(at, warning=True) if is_warning_due(facts, at=at))
