from __future__ import annotations

from typing import Any, Final

import pytest

from licet.engine.generate import generate
from licet.language.scope import Scope
from licet.language.values import Why
from tests.support.expressions import World, condition, lacks, names_of, transaction
from tests.support.packages import load

_GROUPS: Final = """\
history_from: 2001-01-01
groups:
  - {id: crimea, title: Crimea, kind: places, cite: Annex, members: [UA-43]}
  - {id: europe, title: Europe, kind: places, cite: Annex, members: [DE, UA]}
"""
_RELEASE: Final = load({"zz/groups/more.yaml": _GROUPS})
_WORLD: Final = World(_RELEASE)
_PARTY: Final = "party(RECIPIENT)"
_LATEST: Final = f"latest({_PARTY}.citizenships + {_PARTY}.permanent_residences)"


def _released_to(citizenships: list[Any], residences: list[Any]) -> Any:
    party = {"reference": "r", "roles": ["PARTY_ROLE_RECIPIENT"], "citizenships": citizenships, "permanentResidences": residences}
    return transaction(parties=[party], complete=["parties.citizenships", "parties.permanent_residences"])


def _tie(country: str, year: int | None = None) -> dict[str, Any]:
    return {"country": country} | ({"since": {"year": year, "month": 1, "day": 1}} if year is not None else {})


@pytest.mark.parametrize(
    ("citizenships", "residences", "wanted"),
    [
        ([_tie("IN")], [], "IN"),
        ([_tie("CN", 1980), _tie("CA", 2015)], [], "CA"),
        ([_tie("CA", 2015), _tie("CN", 1980)], [], "CA"),
        ([_tie("IN", 1990)], [_tie("DE", 2020)], "DE"),
        ([_tie("IN", 2021)], [_tie("DE", 2020)], "IN"),
        ([_tie("IN")], [_tie("IN")], "IN"),  # the dates do not matter where there is one country
        ([_tie("IN", 2020), _tie("IN", 1990)], [_tie("DE", 1991)], "IN"),
    ],
)
def test_the_latest_country_is_a_place(citizenships: list[Any], residences: list[Any], wanted: str) -> None:
    """`latest(ties)` is the country of the tie with the latest date; of one country no date is needed."""
    facts = _released_to(citizenships, residences)
    assert _WORLD.value(f'{_LATEST}.country == "{wanted}"', facts) is True


def test_a_date_that_is_missing_is_asked_for() -> None:
    """Several countries of which one has no date are unknown, and lack that date."""
    facts = _released_to([_tie("CN"), _tie("CA", 2015)], [])
    assert {("parties[r].citizenships[1].since", Why.UNSET)} == lacks(_WORLD.value(f'{_LATEST}.country == "CA"', facts))


@pytest.mark.parametrize("ties", [[], [_tie("CN", 2015), _tie("CA", 2015)]])
def test_no_country_or_two_of_one_day_cannot_be_told(ties: list[Any]) -> None:
    """No tie, or two countries since the same day, is an error, which is unknown and never false."""
    assert {("", Why.ERROR)} == lacks(_WORLD.value(f'{_LATEST}.country == "CA"', _released_to(ties, [])))


def test_a_nationality_is_a_whole_country() -> None:
    """Nobody is a citizen of a region: a group that holds a part of the country does not hold the country, and no region is asked."""
    facts = _released_to([_tie("UA")], [])
    assert _WORLD.value(f"{_LATEST} in groups.crimea", facts) is False
    assert _WORLD.value(f"{_LATEST} in groups.europe", facts) is True


@pytest.mark.parametrize("citizenships", [[_tie("UA")], [_tie("CN", 1980), _tie("DE", 2015)], [_tie("CN"), _tie("DE", 2015)], []])
@pytest.mark.parametrize("group", ["crimea", "europe"])
def test_generated_conditions_agree(citizenships: list[Any], group: str) -> None:
    """What the compiled engine generates for a condition with `latest` is what the walk says."""
    facts = _released_to(citizenships, [])
    text = f"{_LATEST} in groups.{group}"
    value = _WORLD.value(text, facts)
    reader = _WORLD.reader(facts)
    scope = Scope(reader, {"tx": reader.root})
    pair = generate(condition(text, names_of(_RELEASE)))
    assert (pair.possibly(scope), pair.certainly(scope)) == (value is not False, value is True)
