"""Identifiers: UUIDs that sort by time, draws that keep to their alphabet."""

from uuid import RFC_4122

from hypothesis import given
from hypothesis import strategies as st

from diptych.commons import ids

TIMES = st.integers(0, (1 << 48) - 1)


@given(TIMES, st.integers(0, (1 << 74) - 1))
def test_a_uuid_is_of_version_7_and_tells_its_time(at_ms: int, random: int) -> None:
    made = ids.uuid7(at_ms=at_ms, random=random)
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == at_ms


@given(TIMES, TIMES)
def test_uuids_sort_by_time(one: int, other: int) -> None:
    if one != other:
        assert (ids.uuid7(at_ms=one) < ids.uuid7(at_ms=other)) == (one < other)


def test_the_example_of_the_standard() -> None:
    # RFC 9562, appendix A.6
    assert str(ids.uuid7(at_ms=0x017F22E279B0, random=0xCC3 << 62 | 0x18C4DC0C0C07398F)) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_what_is_no_time_is_refused() -> None:
    for at_ms in (-1, 1 << 48):
        try:
            ids.uuid7(at_ms=at_ms)
        except ValueError:
            continue
        raise AssertionError(at_ms)


def test_a_draw_keeps_to_its_alphabet_and_does_not_repeat() -> None:
    drawn = {ids.draw("ABCDEF234567", 12) for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(len(word) == 12 and set(word) <= set("ABCDEF234567") for word in drawn)
    assert {letter for word in drawn for letter in word} == set("ABCDEF234567")
