from __future__ import annotations

import io

import pytest
from rich.console import Console

from licet.cli.report import MAX_CONSIDERED, MAX_QUESTIONS, report, show
from licet.v1 import decision_pb2, outcome_pb2, source_pb2, trace_pb2, transaction_pb2


def _plain(result: decision_pb2.Result, width: int = 100, transaction: transaction_pb2.Transaction | None = None) -> str:
    text = io.StringIO()
    show(Console(file=text, width=width), report(decision_pb2.Decision(result=result), transaction, "A title"))
    return text.getvalue()


def _result(outcome: outcome_pb2.Outcome = outcome_pb2.OUTCOME_LICENSE_REQUIRED) -> decision_pb2.Result:
    """A decision of one jurisdiction, instrument and item."""
    result = decision_pb2.Result(disposition=outcome_pb2.DISPOSITION_HOLD, outcome=outcome, summary="Hold this.")
    result.jurisdictions.add(jurisdiction="zz", name="Testland", outcome=outcome, competent_authority="The Ministry")
    determination = result.determinations.add(
        jurisdiction="zz", instrument="zz.act", instrument_title="The Act", item="1", outcome=outcome
    )
    determination.nexus.add(limb="export", rule="zz.reach", verdict=trace_pb2.VERDICT_FIRED)
    return result


def _source(cite: str = "Art. 1") -> source_pb2.Source:
    source = source_pb2.Source(cite=cite)
    source.derives_from.add(regime="WA", regime_name="Wassenaar Arrangement", relation=source_pb2.DERIVATION_RELATION_IMPLEMENTS)
    return source


def test_a_requirement_has_basis_title_regime_citation_and_review() -> None:
    """What is required stands on a line with all that a lawyer asks for."""
    result = _result()
    denial = decision_pb2.REVIEW_POLICY_PRESUMPTION_OF_DENIAL
    result.determinations[0].requirements.add(basis="NS1", title="National security", review=denial, source=_source(), certain=True)
    assert "NS1 – National security – Wassenaar Arrangement – Art. 1 – applications are presumed to be denied" in _plain(
        result, 200
    )


def test_a_possible_requirement_is_not_shown_as_certain() -> None:
    """A control for which facts are missing stands apart from those that hold."""
    result = _result(outcome_pb2.OUTCOME_UNDETERMINED)
    result.determinations[0].requirements.add(basis="MEU", title="Military end use", source=_source(), certain=False)
    shown = _plain(result)
    assert "facts are missing for MEU (Military end use)" in shown
    assert "controlled" not in shown


def test_needs_show_what_is_there_what_is_to_do_and_what_is_refused() -> None:
    """Each need of an authorization has its mark; what is to be done before shipping says so."""
    result = _result(outcome_pb2.OUTCOME_AUTHORIZED)
    open_ = result.determinations[0].authorizations.add(
        id="GEN1", title="General", state=decision_pb2.AUTHORIZATION_STATE_OPEN, source=_source()
    )
    open_.needs.add(text="Register.", timing=decision_pb2.TIMING_BEFORE, state=decision_pb2.NEED_STATE_MET)
    open_.needs.add(text="Get a statement.", timing=decision_pb2.TIMING_BEFORE, state=decision_pb2.NEED_STATE_TO_DO)
    open_.needs.add(text="Report.", timing=decision_pb2.TIMING_AFTER, state=decision_pb2.NEED_STATE_TO_DO, due="yearly")
    shown = _plain(result)
    for line in ("✓ Register", "☐ Before shipping: Get a statement", "☐ Report – yearly"):
        assert line in shown


def test_near_misses_say_why() -> None:
    """An authorization that does not serve says why, in a line."""
    result = _result()
    authorizations = result.determinations[0].authorizations
    authorizations.add(id="BARRED", title="B", state=decision_pb2.AUTHORIZATION_STATE_BARRED, barred_by=["zz.bar"])
    authorizations.add(id="NARROW", title="N", state=decision_pb2.AUTHORIZATION_STATE_NOT_COVERING, covers=["NS1"])
    authorizations.add(id="IF", title="I", state=decision_pb2.AUTHORIZATION_STATE_AVAILABLE_IF, missing=["items[1].goods"])
    shown = _plain(result)
    for line in ("BARRED (B), by zz.bar", "NARROW (N) covers only NS1", "IF (I), if you can claim items[1].goods"):
        assert line in shown


def test_questions_that_settle_the_answer_come_first_and_alone() -> None:
    """Where one answer settles it, the others can wait and are only counted."""
    result = _result(outcome_pb2.OUTCOME_UNDETERMINED)
    result.questions.add(path="a", text="Which code?", closes_alone=True)
    for number in range(9):
        result.questions.add(path=f"b{number}", text=f"And {number}?")
    shown = _plain(result)
    assert "Which code?" in shown
    assert "And 0?" not in shown
    assert "and 9 more" in shown


def test_open_questions_are_limited() -> None:
    """Where no answer settles it alone, the most decisive ones are shown."""
    result = _result(outcome_pb2.OUTCOME_UNDETERMINED)
    for number in range(9):
        result.questions.add(path=f"b{number}", text=f"Question {number}?")
    shown = _plain(result)
    assert f"Question {MAX_QUESTIONS - 1}?" in shown
    assert f"Question {MAX_QUESTIONS}?" not in shown


def test_a_free_answer_shows_what_was_looked_at() -> None:
    """The reasons for "free" are the rules considered, each with the value that kept it from firing, the stated ones first."""
    result = _result(outcome_pb2.OUTCOME_NO_LICENSE_REQUIRED)
    for number in range(MAX_CONSIDERED + 3):
        step = result.trace.steps.add(jurisdiction="zz", rule=f"zz.{number}", title=f"Rule {number}", source=_source(), count=1)
        step.verdict, step.effect = trace_pb2.VERDICT_CONSIDERED, source_pb2.EFFECT_KIND_REQUIRE
        leaf = step.leaves.add(text="dest in groups.x", truth=trace_pb2.TRUTH_FALSE)
        leaf.readings.add(path="destination.country", value="DE", source=trace_pb2.READING_SOURCE_ASSUMED)
    result.trace.steps[6].leaves[0].readings[0].source = trace_pb2.READING_SOURCE_STATED
    shown = _plain(result)
    assert "✗ Rule 6 – Art. 1 – no, since destination.country is DE" in shown
    assert "Rule 7" not in shown
    assert "and 3 more" in shown


def test_laws_that_do_not_reach_it_take_one_line() -> None:
    """Jurisdictions that have nothing to say share a line."""
    result = _result()
    for name in ("Erewhon", "Utopia"):
        result.jurisdictions.add(jurisdiction=name.lower(), name=name, outcome=outcome_pb2.OUTCOME_NOT_SUBJECT)
    assert "Not concerned: Erewhon, Utopia" in _plain(result)


def test_a_place_that_no_package_covers_stands_out() -> None:
    """The report never suggests that a law was applied which is not modeled."""
    result = _result(outcome_pb2.OUTCOME_NO_LICENSE_REQUIRED)
    result.outcome = outcome_pb2.OUTCOME_NOT_COVERED
    result.coverage.add(
        jurisdiction="jp", name="Japan", not_covered_place=True, note="The law of this place is not in this release."
    )
    shown = _plain(result)
    assert "a law that is not modeled may apply" in shown
    assert "Japan: The law of this place is not in this release." in shown


def test_line_items_are_named() -> None:
    """With several lines, each is named by its number, codes and description."""
    result = _result()
    result.determinations.add(jurisdiction="zz", instrument="zz.act", instrument_title="The Act", item="2", outcome=2)
    transaction = transaction_pb2.Transaction()
    for number, code in enumerate(("EAR99", "6A003"), 1):
        item = transaction.items.add(line=str(number), description=f"Thing {number}")
        item.classifications["us.eccn"].codes.append(code)
    shown = _plain(result, transaction=transaction)
    assert "line 1 · EAR99 · Thing 1" in shown
    assert "line 2 · 6A003 · Thing 2" in shown


def test_flags_show_whether_they_are_cleared() -> None:
    """A red flag says what it is, and whether someone cleared it."""
    result = _result()
    result.red_flags.add(id="RF1", text="The buyer pays in cash.")
    result.red_flags.add(id="RF2", text="Odd route.", cleared=True, cleared_by="A. Officer")
    shown = _plain(result)
    assert "The buyer pays in cash – not cleared" in shown
    assert "Odd route – cleared by A. Officer" in shown


@pytest.mark.parametrize("width", [40, 60, 100])
def test_the_report_keeps_to_the_width_and_ends_lines_cleanly(width: int) -> None:
    """No line is wider than the page, and none ends in blanks."""
    result = _result()
    result.determinations[0].requirements.add(
        basis="NS1", title="National security " * 9, source=_source("Art. 1 " * 20), certain=True
    )
    result.questions.add(path="items[1].classifications[us.eccn]", text="What is the code? " * 9, closes_alone=True)
    lines = _plain(result, width).split("\n")
    assert max(map(len, lines)) <= width
    assert lines == [line.rstrip() for line in lines]


def test_square_brackets_are_text() -> None:
    """What looks like markup of the console is printed as it stands."""
    result = _result()
    result.summary = "Answer [bold]items[1].value[/bold]."
    assert "Answer [bold]items[1].value[/bold]." in _plain(result)
