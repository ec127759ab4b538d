"""Which assumptions an answer needs, where no verdict depends on them."""

from __future__ import annotations

from tests.support.packages import load, rule, rules_file
from tests.support.shipments import decided, request


def test_an_assumption_is_kept_where_a_red_flag_would_ask_for_its_fact_instead() -> None:
    """A flag that stays undetermined is asked about by the fact that it lacks, not by one that it was to assume."""
    flag = {"flag": {"id": "ZZ1", "text": "An odd place for that buyer."}}
    when = ["tx.parties.all(p, p.military == false)", 'tx.destination.region == "UA-43"']
    result = decided(load({"zz/rules/more.yaml": rules_file(rule("zz.x", flag, when))}), request(destination={"country": "UA"}))
    assert ["destination.region"] == [question.path for question in result.questions if "zz.x" in question.rules]
    assert {"parties[*].military": ["zz.x"]} == {each.path: list(each.rules) for each in result.assumptions}
