"""Who is one person: merges, splits, numbers that say so, and whom they do not bring together."""

from datetime import datetime

from diptych.health.warehouse.identified.omop.rules import in_force, persons
from diptych.health.warehouse.identified.omop.terms import Decision, Kept

A, B, C, D = (("ehr", str(number)) for number in range(1, 5))


def merge(one: tuple[str, str], other: tuple[str, str], day: int | None = None) -> Decision:
    return Decision(Kept.MERGE, one, other, datetime(2026, 1, day) if day else None)


def split(one: tuple[str, str], other: tuple[str, str], day: int | None = None) -> Decision:
    return Decision(Kept.SPLIT, one, other, datetime(2026, 1, day) if day else None)


def test_nobody_is_two_without_a_reason() -> None:
    assert persons([], []) == {}


def test_merges_make_one_person_whatever_their_order() -> None:
    together = frozenset({A, B, C})
    assert persons([merge(B, A), merge(C, B)], []) == {A: together, B: together, C: together}
    assert persons([merge(C, B), merge(B, A), merge(C, A)], []) == {A: together, B: together, C: together}


def test_the_last_decision_on_two_counts() -> None:
    assert persons([merge(A, B, 1), split(B, A, 2)], []) == {}
    assert persons([split(B, A, 2), merge(A, B, 3)], []) == dict.fromkeys((A, B), frozenset({A, B}))
    assert in_force([merge(A, B, 5), split(A, B)]) == {(A, B): Kept.MERGE}, "one without a day is the oldest"


def test_what_was_split_is_not_brought_together_by_numbers() -> None:
    assert persons([split(A, B)], [(A, B)]) == {}
    assert persons([split(A, B)], [(A, C), (B, C), (B, D)]) == {
        A: frozenset({A, C}), C: frozenset({A, C}), B: frozenset({B, D}), D: frozenset({B, D}),
    }  # fmt: skip


def test_numbers_bring_together_what_merges_left_apart() -> None:
    assert persons([merge(A, B)], [(C, D), (A, B)]) == dict.fromkeys((A, B), frozenset({A, B})) | dict.fromkeys(
        (C, D), frozenset({C, D})
    )
