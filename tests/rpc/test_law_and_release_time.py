"""Law time and release time are independent: the date says which law, the release says as who knew it.

The law of Testland, and when the office wrote it down:

- Amendment Act 2026: from 2026-03-01 the permit for Germany holds for up to 1000 pieces only.
- Repeal Act 2026: exports to France were prohibited until the day of the repeal.
- Suspension Order 2026: from 2026-04-01 to 2026-10-01 the prohibition for Norway is suspended.
- The first release (January) knows none of these acts. The second (July) knows them, but has the repeal take effect on 2026-06-01.
  The third (August) corrects that: by the Act it was 2026-05-01.
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from licet.v1 import decision_service_pb2, licensing_service_pb2, outcome_pb2
from tests.rpc.test_ledger import evaluate, replays
from tests.support.press import Press

if TYPE_CHECKING:
    from tests.support.servers import Server

PROHIBITIONS: Final = """
  - id: zz.france
    title: Exports to France
    instrument: zz.act
    phase: control
    effect: {prohibit: {basis: LIST}}
    derives_from: [{regime: unilateral, relation: own}]
    concept: end-use
    cite: Export Act s. 7
    in_force: [{from: 2001-01-01, by: Export Act}]
    rationale: As the law stood.
    when: tx.destination.country == "FR"

  - id: zz.norway
    title: Exports to Norway
    instrument: zz.act
    phase: control
    effect: {prohibit: {basis: LIST}}
    derives_from: [{regime: unilateral, relation: own}]
    concept: end-use
    cite: Export Act s. 8
    in_force: [{from: 2001-01-01, by: Export Act}]
    rationale: As the law stood.
    when: tx.destination.country == "NO"
"""
PERMIT: Final = """
  - id: zz.permit-2026
    title: Permit for allies, as amended
    instrument: zz.act
    phase: relief
    effect: {authorize: {id: ZZ-ALLY, title: Permit for allies, covers: [all], needs: []}}
    derives_from: [{regime: unilateral, relation: own}]
    concept: listed
    cite: Export Act s. 5, as amended
    in_force: [{from: 2026-03-01, by: Amendment Act 2026}]
    when: [tx.destination.country == "DE", item.quantity <= 1000]
"""
SINCE: Final = "in_force: [{from: 2001-01-01, by: Export Act}]"


def until(rule: str, in_force: str) -> Callable[[str], str]:
    """An edit: the rule has these intervals."""

    def edit(text: str) -> str:
        before, id_, after = text.partition(f"  - id: {rule}\n")
        assert id_
        return before + id_ + after.replace(SINCE, f"in_force: [{in_force}]", 1)

    return edit


RELEASES: Final[dict[str, list[Callable[[str], str]]]] = {
    "2026.1.0": [lambda text: text + PROHIBITIONS],
    "2026.7.0": [
        until("zz.permit", "{from: 2001-01-01, by: Export Act, to: 2026-03-01, to_by: Amendment Act 2026}"),
        lambda text: text + PERMIT,
        until("zz.france", "{from: 2001-01-01, by: Export Act, to: 2026-06-01, to_by: Repeal Act 2026}"),
        until(
            "zz.norway",
            "{from: 2001-01-01, by: Export Act, to: 2026-04-01, to_by: Suspension Order 2026}, "
            "{from: 2026-10-01, by: Suspension Order 2026}",
        ),
    ],
    "2026.8.0": [lambda text: text.replace("to: 2026-06-01, to_by: Repeal Act 2026", "to: 2026-05-01, to_by: Repeal Act 2026")],
}
"""What each release changes of the one before."""
AUTHORIZED, LICENSE, PROHIBITED, UNKNOWN = "AUTHORIZED", "LICENSE_REQUIRED", "PROHIBITED", "UNDETERMINED"
MATRIX: Final = (
    # what        to    law of        January      July         August
    ("before", "DE", "2000-12-31", UNKNOWN, UNKNOWN, UNKNOWN),
    ("amendment", "DE", "2026-02-28", AUTHORIZED, AUTHORIZED, AUTHORIZED),
    ("amendment", "DE", "2026-03-01", AUTHORIZED, LICENSE, LICENSE),
    ("amendment", "DE", "2026-03-02", AUTHORIZED, LICENSE, LICENSE),
    ("repeal", "FR", "2026-04-30", PROHIBITED, PROHIBITED, PROHIBITED),
    ("correction", "FR", "2026-05-01", PROHIBITED, PROHIBITED, LICENSE),
    ("correction", "FR", "2026-05-31", PROHIBITED, PROHIBITED, LICENSE),
    ("repeal", "FR", "2026-06-01", PROHIBITED, LICENSE, LICENSE),
    ("repeal", "FR", "2026-06-02", PROHIBITED, LICENSE, LICENSE),
    ("suspension", "NO", "2026-03-31", PROHIBITED, PROHIBITED, PROHIBITED),
    ("suspension", "NO", "2026-04-01", PROHIBITED, LICENSE, LICENSE),
    ("suspension", "NO", "2026-09-30", PROHIBITED, LICENSE, LICENSE),
    ("suspension", "NO", "2026-10-01", PROHIBITED, PROHIBITED, PROHIBITED),
    ("suspension", "NO", "2026-10-02", PROHIBITED, PROHIBITED, PROHIBITED),
)
"""What the law says of 2000 pieces on that date, as each release knows it. 2000-12-31 is before all that the office wrote down."""


@pytest.fixture
def press(policies_folder: Path, tmp_path: Path) -> Press:
    """A press whose law knows France and Norway, too."""
    folder = shutil.copytree(policies_folder, tmp_path / "policies")
    places = folder / "places.yaml"
    places.write_text(places.read_text().replace("areas:", "  - {code: FR, name: France}\n  - {code: 'NO', name: Norway}\nareas:"))
    return Press(folder, tmp_path / "data", tmp_path)


def printed(press: Press) -> list[str]:
    """The digests of the three releases, published in order."""
    digests = []
    rules = press.folder / "zz" / "rules" / "rules.yaml"
    for version, edits in RELEASES.items():
        for edit in edits:
            text = rules.read_text()
            assert text != edit(text)
            rules.write_text(edit(text))
        digests.append(press.publish(version=version))
    return digests


def asked(make: Callable[..., Any], to: str, date: str, release: str = "") -> Any:
    """The request: 2000 pieces to a country, under the law of a date, as a release knows it."""
    request = make(to)
    on = datetime.date.fromisoformat(date)
    request.transaction.date.year, request.transaction.date.month, request.transaction.date.day = on.year, on.month, on.day
    request.release = release
    return request


def name(decision: Any) -> str:
    """The outcome, in short."""
    return outcome_pb2.Outcome.Name(decision.result.outcome).removeprefix("OUTCOME_")


def test_every_release_answers_for_every_date(start: Callable[..., Server], press: Press, shipment: Callable[..., Any]) -> None:
    """Each cell of the matrix is what that release knows of the law of that date, whichever release is active; and replays as it was."""
    digests = printed(press)
    press.activate(digests[1])
    server = start(policies=None, data=press.data, published=True)
    requests = [asked(shipment, to, date, release) for _, to, date, *_ in MATRIX for release in digests]
    batch = licensing_service_pb2.EvaluateBatchRequest(requests=requests)
    made = [each.decision for each in server.licensing.EvaluateBatch(batch, timeout=60).results]
    assert [request.release for request in requests] == [each.release for each in made]
    found = [(*row[:3], *map(name, made[n * 3 : n * 3 + 3])) for n, row in enumerate(MATRIX)]
    assert list(MATRIX) == found
    verdicts = {each.verdict for each in replays(server)}
    assert {decision_service_pb2.REPLAY_VERDICT_IDENTICAL} == verdicts


def test_an_activation_moves_release_time_alone(start: Callable[..., Server], press: Press, shipment: Callable[..., Any]) -> None:
    """Who names no release gets what is known now, of whatever date; who names one, and what was recorded, stays as it was."""
    digests = printed(press)
    press.activate(digests[0])
    server = start(policies=None, data=press.data, published=True, reload_seconds=0.05)
    columns = []
    for column, digest in enumerate(digests):
        if column:
            press.activate(digest)
            server.logged("activated", release=digest)
        columns.append([name(evaluate(server, asked(shipment, to, date))) for _, to, date, *_ in MATRIX])
        assert PROHIBITED == name(evaluate(server, asked(shipment, "FR", "2026-06-01", digests[0])))
    assert [[row[3 + column] for row in MATRIX] for column in range(3)] == columns
