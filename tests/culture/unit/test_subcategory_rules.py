"""The table of subcategories: what its flags say, each against the row that the field guide gives as an example."""

import pytest

from diptych.culture.domain.catalogue.rules.subcategories import BY_ID, CATEGORIES, SUBCATEGORIES, SearchGroup, in_group

FLAGS = {
    "is_event": ("SPECTACLE_REPRESENTATION", "OEUVRE_ART"),
    "can_expire": ("OEUVRE_ART", "ACTIVATION_THING"),
    "is_physical": ("JEU_SUPPORT_PHYSIQUE", "SPECTACLE_ENREGISTRE"),
    "is_digital": ("SPECTACLE_ENREGISTRE", "OEUVRE_ART"),
    "can_be_duo": ("SEANCE_ESSAI_PRATIQUE_ART", "LIVESTREAM_EVENEMENT"),
    "has_opening_hours": ("FESTIVAL_SPECTACLE", "SPECTACLE_REPRESENTATION"),
    "is_withdrawable": ("SPECTACLE_REPRESENTATION", "ABO_SPECTACLE"),
    "is_offered_to_partners": ("ABO_SPECTACLE", "OEUVRE_ART"),
    "is_permanent": ("SPECTACLE_VENTE_DISTANCE", "ABO_SPECTACLE"),
    "is_online": ("PRATIQUE_ART_VENTE_DISTANCE", "OEUVRE_ART"),
}


@pytest.mark.parametrize("flag", FLAGS)
def test_a_flag_holds_for_one_and_not_for_the_other(flag: str) -> None:
    """Each flag tells two known subcategories apart."""
    holds, does_not = FLAGS[flag]
    assert getattr(BY_ID[holds], flag) is True
    assert getattr(BY_ID[does_not], flag) is False


def test_what_is_permanent_neither_happens_at_a_date_nor_expires() -> None:
    """As the flag's meaning says, for the whole table."""
    assert [row.id for row in SUBCATEGORIES if row.is_permanent and (row.is_event or row.can_expire)] == []
    assert [row.id for row in SUBCATEGORIES if not (row.is_permanent or row.is_event or row.can_expire)] == []


def test_what_is_sold_online_only_is_not_physical() -> None:
    """An online platform never counts in the physical cap."""
    assert [row.id for row in SUBCATEGORIES if row.is_online and row.is_physical] == []


def test_groups_share_the_subcategories_out() -> None:
    """Every subcategory is found under one label, its own."""
    assert sorted(name for group in SearchGroup for name in in_group(group)) == sorted(BY_ID)
    assert "FESTIVAL_SPECTACLE" in in_group(SearchGroup.FESTIVAL)


def test_every_category_has_a_name_and_a_subcategory() -> None:
    """The families are those of the rows."""
    assert {one.id for one in CATEGORIES} == {row.category for row in SUBCATEGORIES}
    assert len({one.id for one in CATEGORIES}) == len(CATEGORIES)
