"""Exit codes: what a script that calls `licet` may rely on."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from licet.v1 import outcome_pb2


class Exit(IntEnum):
    """Exit codes of every command."""

    PROCEED = 0
    """The shipment may go; for other commands: all is well."""
    FAILED = 1
    """An example of the demo, or a scenario of the policies, did not come out as expected."""
    USAGE = 2
    """Bad options, or a shipment that cannot be meant."""
    POLICY = 3
    """The policies have faults."""
    SERVER = 4
    """The server cannot be reached or is in trouble; or the engine that was chosen gives no answer."""
    HOLD = 10
    """The shipment waits: something is to be done, asked or licensed."""
    STOP = 20
    """The shipment does not go."""


_OF_DISPOSITION: Mapping[int, Exit] = {
    outcome_pb2.DISPOSITION_PROCEED: Exit.PROCEED,
    outcome_pb2.DISPOSITION_HOLD: Exit.HOLD,
    outcome_pb2.DISPOSITION_STOP: Exit.STOP,
}


def exit_of(disposition: int) -> Exit:
    """The exit code of a disposition. One that this version does not know is a hold: nothing unknown lets a shipment go."""
    return _OF_DISPOSITION.get(disposition, Exit.HOLD)


HELP = (
    "Exit codes: 0 proceed · 10 hold · 20 stop · 2 bad options or shipment · 3 faults in the policies · "
    "4 server trouble, or an engine that gives no answer."
)
