from __future__ import annotations

from licet.language.environment import EnumValue, enum_clashes, enum_values, variable_names
from licet.v1 import transaction_pb2


def test_the_list_of_clashes_is_known() -> None:
    """Short names that several enums share must be written in full; the list of them changes only on purpose."""
    wanted = {
        "NONE": ("Knowledge", "PartyRelation"),
        "SOFTWARE": ("DirectProductSource", "ItemKind"),
        "TECHNOLOGY": ("DirectProductSource", "ItemKind"),
    }
    assert wanted == {name: enums for name, enums in enum_clashes().items() if name in wanted}
    assert set(wanted) == set(enum_clashes())


def test_a_clashing_name_is_no_name_and_a_unique_one_is() -> None:
    """A short name that clashes stands for nothing alone; in full, as any other, it stands for its value."""
    names = enum_values()
    assert "NONE" not in names
    assert EnumValue("Knowledge", transaction_pb2.KNOWLEDGE_NONE) == names["Knowledge.NONE"]
    assert EnumValue("PartyRole", transaction_pb2.PARTY_ROLE_END_USER) == names["END_USER"]
    assert names["END_USER"] == names["PartyRole.END_USER"]


def test_no_name_says_nothing() -> None:
    """The zero values, which the API refuses, have no name in policies."""
    assert not [name for name, value in enum_values().items() if value.number == 0 or "UNSPECIFIED" in name]


def test_no_short_name_hides_a_variable() -> None:
    """No short enum name is a name that expressions use for anything else."""
    first_names = {"tx", "item", "row", "fact", "groups", "tables", "act", "party", "parties"}
    assert set() == first_names & {name.partition(".")[0] for name in enum_values()}
    assert {"tx", "item", "row", "fact", "groups", "tables", "END_USER", "Knowledge", "dest"} <= variable_names(["dest.country"])
