"""What a scenario is: a shipment, and what is expected of the answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from licet.cli.shipment import Shipment
from licet.language.faults import Fault, Position


class CasesError(Exception):
    """Files of scenarios have faults; `faults` holds all of them, sorted by place."""

    reason = "CASES_FAULTS"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


class Kind(StrEnum):
    """What can be expected; the values are the keys of `expect:`."""

    OUTCOME = "outcome"
    DISPOSITION = "disposition"
    FIRES = "fires"
    UNDETERMINED = "undetermined"
    CONSIDERED = "considered"
    NOT_FIRED = "not_fired"
    BASIS = "basis"
    REVIEW = "review"
    CITE = "cite"
    REGIME = "regime"
    OPEN = "open"
    POSSIBLE = "possible"
    CLOSED = "closed"
    ASKS = "asks"
    ASSUMES = "assumes"
    RED_FLAGS = "red_flags"
    AT_MOST_QUESTIONS = "at_most_questions"
    AT_MOST_STATEMENTS = "at_most_statements"


@dataclass(frozen=True, slots=True, order=True)
class Expectation:
    """One thing expected. `of` narrows an outcome to an instrument or a jurisdiction; empty: the whole decision."""

    at: Position
    kind: Kind
    wanted: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One case. `name` is its own in the whole folder: jurisdiction, topic, id."""

    name: str
    jurisdiction: str
    title: str
    source: str
    at: Position
    shipment: Shipment
    expectations: tuple[Expectation, ...]

    @property
    def id(self) -> str:
        """The id that the file gives it."""
        return self.name.split("/", 2)[2]

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that are expected to fire, to lack facts or to be considered."""
        kinds = (Kind.FIRES, Kind.UNDETERMINED, Kind.CONSIDERED)
        return tuple(e.wanted for e in self.expectations if e.kind in kinds)
