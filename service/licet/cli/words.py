"""What the values of a decision are called when a person reads them, and in which color they stand."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from licet.v1 import decision_pb2, outcome_pb2, source_pb2, trace_pb2, transaction_pb2

DISPOSITIONS: Mapping[int, tuple[str, str]] = {
    outcome_pb2.DISPOSITION_PROCEED: ("PROCEED", "green"),
    outcome_pb2.DISPOSITION_HOLD: ("HOLD", "yellow"),
    outcome_pb2.DISPOSITION_STOP: ("STOP", "red"),
}
OUTCOMES: Mapping[int, tuple[str, str]] = {
    outcome_pb2.OUTCOME_NOT_SUBJECT: ("not concerned", "dim"),
    outcome_pb2.OUTCOME_NO_LICENSE_REQUIRED: ("no license required", "green"),
    outcome_pb2.OUTCOME_AUTHORIZED: ("authorized", "green"),
    outcome_pb2.OUTCOME_UNDETERMINED: ("undetermined", "yellow"),
    outcome_pb2.OUTCOME_LICENSE_REQUIRED: ("license required", "yellow"),
    outcome_pb2.OUTCOME_PROHIBITED: ("prohibited", "red"),
    outcome_pb2.OUTCOME_NOT_COVERED: ("a law that is not modeled may apply", "yellow"),
}
REVIEWS: Mapping[int, str] = {
    decision_pb2.REVIEW_POLICY_DENIAL: "applications are denied",
    decision_pb2.REVIEW_POLICY_PRESUMPTION_OF_DENIAL: "applications are presumed to be denied",
    decision_pb2.REVIEW_POLICY_CASE_BY_CASE: "applications are reviewed case by case",
    decision_pb2.REVIEW_POLICY_PRESUMPTION_OF_APPROVAL: "applications are presumed to be approved",
}
NEEDS: Mapping[int, tuple[str, str]] = {
    decision_pb2.NEED_STATE_MET: ("✓", "green"),
    decision_pb2.NEED_STATE_TO_DO: ("☐", "yellow"),
    decision_pb2.NEED_STATE_REFUSED: ("✗", "red"),
}
TIMINGS: Mapping[int, str] = {
    decision_pb2.TIMING_BEFORE: "before",
    decision_pb2.TIMING_AFTER: "after",
    decision_pb2.TIMING_STANDING: "always",
}
VERDICTS: Mapping[int, tuple[str, str]] = {
    trace_pb2.VERDICT_FIRED: ("✓", "green"),
    trace_pb2.VERDICT_UNDETERMINED: ("?", "yellow"),
    trace_pb2.VERDICT_CONSIDERED: ("✗", "dim"),
    trace_pb2.VERDICT_NOT_FIRED: ("·", "dim"),
}
TRUTHS: Mapping[int, tuple[str, str]] = {
    trace_pb2.TRUTH_TRUE: ("✓", "green"),
    trace_pb2.TRUTH_FALSE: ("✗", "dim"),
    trace_pb2.TRUTH_UNKNOWN: ("?", "yellow"),
}
SOURCES: Mapping[int, str] = {
    trace_pb2.READING_SOURCE_STATED: "stated",
    trace_pb2.READING_SOURCE_ASSUMED: "assumed",
    trace_pb2.READING_SOURCE_NOT_CLAIMED: "not claimed",
    trace_pb2.READING_SOURCE_TABLE: "from the policy",
    trace_pb2.READING_SOURCE_DERIVED: "derived",
    trace_pb2.READING_SOURCE_UNSET: "not stated",
}
PROVENANCE: Mapping[int, str] = {source_pb2.PROVENANCE_RECALLED: "from memory", source_pb2.PROVENANCE_MIXED: "partly from memory"}
UNKNOWN = ("?", "yellow")


def outcome(value: int) -> str:
    """An outcome in words."""
    return OUTCOMES.get(value, UNKNOWN)[0]


def regimes(source: Any) -> str:
    """The regimes that a rule comes from."""
    own = source_pb2.DERIVATION_RELATION_OWN
    return ", ".join("own law" if d.relation == own else d.regime_name or d.regime for d in source.derives_from)


def citation(source: Any) -> str:
    """Citation of a rule, with a word where its text is not from the source."""
    recalled = PROVENANCE.get(source.provenance, "")
    return f"{source.cite} ({recalled})" if recalled else str(source.cite)


def date(value: Any) -> str:
    """A date; empty if it is not set."""
    return datetime.date(value.year, value.month, value.day).isoformat() if value.year else ""


def short(enum: Any, number: int) -> str:
    """The short name of an enum value: without the prefix that the wire carries."""
    zero = enum.DESCRIPTOR.values_by_number[0].name
    value = enum.DESCRIPTOR.values_by_number.get(number)
    return value.name.removeprefix(zero.removesuffix("UNSPECIFIED")) if value is not None else str(number)


def item_name(transaction: transaction_pb2.Transaction | None, line: str) -> str:
    """What a line item is called: its line, codes and description, as far as the transaction is at hand."""
    found = [item for item in transaction.items if item.line == line] if transaction is not None else []
    if transaction is not None and not found and line.isdigit() and int(line) <= len(transaction.items):
        found = [transaction.items[int(line) - 1]]
    if not found:
        return f"line {line}"
    codes = sorted({code for c in found[0].classifications.values() for code in c.codes})
    parts = [f"line {line}", ", ".join(codes), found[0].description]
    return " · ".join(part for part in parts if part)
