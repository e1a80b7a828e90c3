"""When a rule stops by itself. Pure: the counts are given. Does not hold where they come from."""

from ..terms import Breach, Counts, Guard, Outcome


def breach_of(guard: Guard, counts: Counts) -> Breach | None:
    """The first bound that the outcomes of a window pass (errors before refusals), or None: too few, or all is well."""
    if counts.all < guard.at_least:
        return None
    for outcome, number, bound in (
        (Outcome.ERROR, counts.errors, guard.errors),
        (Outcome.REFUSAL, counts.refusals, guard.refusals),
    ):
        if bound is not None and number > bound * counts.all:
            return Breach(outcome, number / counts.all, counts.all)
    return None
