from __future__ import annotations

from typing import Any, Final

import pytest

from licet.language.facts import Mode
from licet.language.values import Why
from tests.support.expressions import World, lacks, transaction
from tests.support.packages import CATALOGUES, load

_WORLD: Final = World(load())
_ASSUMED: Final = World(
    load(
        {
            "vocabulary.yaml": CATALOGUES["vocabulary.yaml"]
            + "  - {path: usage, class: assume, value: none, for: [authorizations], statement: The limit is kept.}\n"
        }
    )
)


def _money(units: int, currency: str = "USD", nanos: int = 0) -> dict[str, Any]:
    return {"currencyCode": currency, "units": units, "nanos": nanos}


def _lines(*lines: dict[str, Any], **fields: Any) -> Any:
    return transaction(items=[{"line": str(number), **line} for number, line in enumerate(lines, 1)], **fields)


_EURO = {"fromCurrency": "EUR", "toCurrency": "USD", "rate": {"value": "1.25"}}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (_money(5000), True),
        (_money(5000, nanos=10_000_000), False),
        (_money(4000, "EUR"), True),
        (_money(4000, "EUR", nanos=1), False),
        (_money(0), True),
    ],
)
def test_money_is_compared_in_one_currency_to_the_last_digit(value: dict[str, Any], wanted: bool) -> None:
    """An amount counts in the wanted currency, by the rate that the request states, exactly."""
    facts = _lines({"value": value}, rates=[_EURO])
    assert wanted is _WORLD.value('money(item.value, "USD") <= 5000', facts)


@pytest.mark.parametrize(
    "rates",
    [
        [],
        [{"fromCurrency": "USD", "toCurrency": "EUR", "rate": {"value": "0.8"}}],  # the other way round
        [{"fromCurrency": "EUR", "toCurrency": "USD"}],  # no rate
    ],
)
def test_without_a_stated_rate_an_amount_is_unknown(rates: list[dict[str, Any]]) -> None:
    """An amount in another currency is unknown, and the rate is what it lacks."""
    facts = _lines({"value": _money(1, "EUR")}, rates=rates)
    assert {("rates[EUR-USD]", Why.UNSET)} == lacks(_WORLD.value('money(item.value, "USD") <= 5000', facts))


def test_an_amount_that_is_not_stated_is_unknown() -> None:
    """The value of a line that states none is asked for."""
    assert {("items[1].value", Why.UNSET)} == lacks(_WORLD.value('money(item.value, "USD") <= 5000', _lines({})))


_TOTAL = 'sum(tx.items.map(i, i.unit == "kg", money(i.value, "USD"))) <= 5000'


def test_a_total_is_over_the_lines_that_count() -> None:
    """A limit is tested on the total of the lines that the predicate takes, not line by line."""
    inside = _lines({"unit": "kg", "value": _money(2500)}, {"unit": "kg", "value": _money(2500)}, {"unit": "m", "value": _money(9)})
    above = _lines({"unit": "kg", "value": _money(2500)}, {"unit": "kg", "value": _money(2501)})
    assert _WORLD.value(_TOTAL, inside) is True
    assert _WORLD.value(_TOTAL, above) is False


def test_a_total_of_nothing_is_zero() -> None:
    """Where no line counts the total is zero."""
    assert _WORLD.value(_TOTAL, _lines({"unit": "m"})) is True


@pytest.mark.parametrize(
    ("line", "lacking"),
    [({"unit": "kg"}, "items[2].value"), ({"value": {"currencyCode": "USD", "units": "1"}}, "items[2].unit")],
)
def test_a_total_is_unknown_when_a_summand_or_a_predicate_is(line: dict[str, Any], lacking: str) -> None:
    """One line whose value or whose counting is unknown makes the total unknown, and is what it lacks."""
    facts = _lines({"unit": "kg", "value": _money(1)}, line)
    assert {(lacking, Why.UNSET)} == lacks(_WORLD.value(_TOTAL, facts))


def test_quantities_sum_as_decimals() -> None:
    """Decimals add up exactly: three times a tenth is three tenths."""
    facts = _lines(*({"quantity": {"value": "0.1"}} for _ in range(3)))
    assert _WORLD.value("sum(tx.items.map(i, i.quantity)) == 0.3", facts) is True


def _usage(**usage: Any) -> Any:
    return transaction(usage=[{"authorization": "LVS", "period": "2026", **usage}])


def test_what_was_used_is_read_for_the_authorization_and_the_period() -> None:
    """`used` is the total stated for that authorization and period, and for no other."""
    two = transaction(
        usage=[
            {"authorization": "LVS", "period": "2026", "value": _money(1000)},
            {"authorization": "LVS", "period": "2026", "value": _money(500, nanos=500_000_000)},
            {"authorization": "LVS", "period": "2025", "value": _money(7)},
            {"authorization": "GBS", "period": "2026", "value": _money(9)},
        ]
    )
    assert _WORLD.value('used("LVS", "2026") == 1500.5', two) is True
    assert _WORLD.value('used("LVS", "2025") == 7.0', two) is True


def test_use_that_is_not_stated_is_unknown_unless_assumed() -> None:
    """Silence about earlier use is unknown; where the vocabulary assumes that the limit is kept it is nothing."""
    text = 'used("LVS", "2026") + 1.0 <= 5000.0'
    assert {("usage", Why.UNSET)} == lacks(_WORLD.value(text, transaction()))
    assert _ASSUMED.value(text, transaction(), mode=Mode.RELIEF) is True
    assert {("usage", Why.UNSET)} == lacks(_ASSUMED.value(text, transaction(), mode=Mode.CONTROL))


def test_a_use_of_another_period_does_not_stand_for_this_one() -> None:
    """A total of last year says nothing of this year."""
    assert {("usage", Why.UNSET)} == lacks(_WORLD.value('used("LVS", "2027") <= 5000', _usage(value=_money(1))))


def test_a_use_without_a_value_is_unknown() -> None:
    """An entry that names the authorization and the period and states no value is no statement that nothing was used."""
    assert {("usage", Why.UNSET)} == lacks(_WORLD.value('used("LVS", "2026") <= 5000', _usage()))
