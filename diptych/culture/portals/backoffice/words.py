"""Words of the team's pages for the codes of an account and of its way to the credit: the officer reads words, the code beside.

Holds English gettext ids by code, and the tone of each state. Does not hold the fraud journal's words (`check_words`) nor
what the youth is told: those sentences are the eligibility chapter's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from diptych.culture.domain.eligibility.terms import Machine, State, Step
from diptych.culture.domain.people.terms import AccountState, Role, SuspensionReason
from diptych.culture.domain.wallet.terms import Scheme

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise  # not there where the service runs


class Word(NamedTuple):
    """What a code means, and the tone of its badge."""

    label: StrPromise
    tone: str = "neutral"


ACCOUNT_STATES: Final[dict[str, Word]] = {
    AccountState.ACTIVE: Word(_("open"), "good"),
    AccountState.INACTIVE: Word(_("never used")),
    AccountState.SUSPENDED: Word(_("suspended"), "bad"),
    AccountState.SUSPENDED_UPON_USER_REQUEST: Word(_("closed by its owner"), "wait"),
    AccountState.SUSPICIOUS_LOGIN_REPORTED_BY_USER: Word(_("locked: its owner did not know a sign-in"), "bad"),
    AccountState.WAITING_FOR_ANONYMIZATION: Word(_("waits for its deletion"), "wait"),
    AccountState.DELETED: Word(_("deleted"), "bad"),
    AccountState.ANONYMIZED: Word(_("anonymised")),
}

ROLES: Final[dict[str, Word]] = {
    Role.ADMIN: Word(_("team")),
    Role.ANONYMIZED: Word(_("anonymised")),
    Role.BENEFICIARY: Word(_("beneficiary, 18 and over")),
    Role.UNDERAGE_BENEFICIARY: Word(_("beneficiary under 18")),
    Role.FREE_BENEFICIARY: Word(_("free account, without money")),
    Role.PRO: Word(_("professional")),
    Role.NON_ATTACHED_PRO: Word(_("professional without a structure")),
    Role.TEST: Word(_("test account")),
}

STATES: Final[dict[str, Word]] = {
    State.EMAIL_VALIDATION: Word(_("e-mail address")),
    State.PHONE_VALIDATION: Word(_("phone")),
    State.FAILED_PHONE_VALIDATION: Word(_("phone closed: three wrong codes"), "bad"),
    State.PROFILE_COMPLETION: Word(_("profile")),
    State.IDENTITY_CHECK: Word(_("identity check")),
    State.IDENTITY_CHECK_RETRY: Word(_("identity check to try again"), "wait"),
    State.FAILED_IDENTITY_CHECK: Word(_("identity check failed"), "bad"),
    State.HONOR_STATEMENT: Word(_("honour statement")),
    State.WAITING_FOR_IDENTITY_CHECK: Word(_("waits for the identity check’s answer"), "wait"),
    State.WAITING_FOR_MANUAL_REVIEW: Word(_("waits for an officer"), "wait"),
    State.SUBSCRIPTION_COMPLETED_BUT_NOT_BENEFICIARY_YET: Word(_("complete, credit not open yet"), "wait"),
    State.BENEFICIARY: Word(_("beneficiary"), "good"),
    State.EX_BENEFICIARY: Word(_("credit ended")),
    State.NOT_ELIGIBLE: Word(_("no right to a credit now")),
    State.ADMIN_KO_REVIEW: Word(_("refused by the team"), "bad"),
}

JOURNEYS: Final[dict[str, Word]] = {
    Machine.ADULT: Word(_("of 18 and over")),
    Machine.UNDERAGE: Word(_("of 17")),
    Machine.FREE: Word(_("of a free account")),
}

SCHEMES: Final[dict[str, Word]] = {
    Scheme.UNDERAGE: Word(_("15–17, before March 2025")),
    Scheme.AGE18: Word(_("18, before March 2025")),
    Scheme.AGE17_18: Word(_("17–18, since March 2025")),
    Scheme.FREE: Word(_("free account at 15–16")),
}

STEPS: Final[dict[str, Word]] = {
    Step.EMAIL: Word(_("confirm the e-mail address")),
    Step.ABOUT: Word(_("give names, birth date and département")),
    Step.PHONE: Word(_("confirm a phone number")),
    Step.PROFILE: Word(_("complete the profile")),
    Step.IDENTITY: Word(_("prove who they are")),
    Step.HONOR: Word(_("sign the honour statement")),
    Step.WAIT: Word(_("wait: the next move is ours")),
    Step.NOTHING: Word(_("nothing to do")),
}

SUSPENSIONS: Final[dict[str, Word]] = {
    SuspensionReason.FRAUD_RESELL_PRODUCT: Word(_("fraud: resale of a product")),
    SuspensionReason.FRAUD_RESELL_PASS: Word(_("fraud: resale of the pass")),
    SuspensionReason.BLACKLISTED_DOMAIN_NAME: Word(_("e-mail domain that is not accepted")),
    SuspensionReason.UPON_USER_REQUEST: Word(_("asked for by its owner")),
    SuspensionReason.SUSPICIOUS_LOGIN_REPORTED_BY_USER: Word(_("its owner did not know a sign-in")),
    SuspensionReason.WAITING_FOR_ANONYMIZATION: Word(_("waits for its deletion")),
    SuspensionReason.FRAUD_SUSPICION: Word(_("fraud: suspicion")),
    SuspensionReason.FRAUD_USURPATION: Word(_("fraud: somebody else’s identity")),
    SuspensionReason.FRAUD_HACK: Word(_("fraud: account broken into")),
    SuspensionReason.CLOSED_STRUCTURE_DEFINITIVE: Word(_("structure closed for good")),
    SuspensionReason.CLOSED_STRUCTURE_TEMP: Word(_("structure closed for a time")),
    SuspensionReason.DELETED: Word(_("account deleted")),
    SuspensionReason.DEVICE_AT_RISK: Word(_("device at risk")),
    SuspensionReason.DUPLICATE_REPORTED_BY_USER: Word(_("second account, told by its owner")),
    SuspensionReason.END_OF_CONTRACT: Word(_("end of contract")),
    SuspensionReason.END_OF_ELIGIBILITY: Word(_("end of the right to the credit")),
    SuspensionReason.FRAUD_BOOKING_CANCEL: Word(_("fraud: abuse of cancellations")),
    SuspensionReason.FRAUD_CREATION_PRO: Word(_("fraud: professional account made up")),
    SuspensionReason.FRAUD_DUPLICATE: Word(_("fraud: second account")),
    SuspensionReason.FRAUD_FAKE_DOCUMENT: Word(_("fraud: false document")),
    SuspensionReason.FRAUD_USURPATION_PRO: Word(_("fraud: a professional’s identity")),
    SuspensionReason.SUSPENSION_FOR_INVESTIGATION_TEMP: Word(_("suspended for an inquiry")),
}
