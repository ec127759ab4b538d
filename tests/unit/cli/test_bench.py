from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from licet.cli.bench.decision import STAGES, stages
from licet.cli.bench.series import Series, Table, interleaved
from licet.cli.bench.stopwatch import REST, Stage, Stopwatch
from licet.cli.exits import Exit
from tests.support.servers import POLICIES

_SHIPMENT = """
activity: EXPORT
date: 2026-11-22
origin: ZZ
destination: DE
parties:
  - {reference: seller, roles: EXPORTER, country: ZZ}
  - {reference: buyer, roles: [ULTIMATE_CONSIGNEE, END_USER], country: DE}
items:
  - {line: "1", classifications: {zz.list: A1}, quantity: 1}
"""
_TINY = ("--rounds", "1", "--seconds", "0.001", "--policies", str(POLICIES))
Licet = Callable[..., Any]


@pytest.fixture
def shipments(tmp_path: Path) -> Path:
    """A folder with one shipment out of Testland."""
    (tmp_path / "one.yaml").write_text(_SHIPMENT, encoding="utf-8")
    return tmp_path


def test_matching_is_measured_for_every_engine(licet: Licet, shipments: Path) -> None:
    """Time, first use and memory stand beside each other for all engines, which found the same."""
    done = licet("bench", "--only", "matching", "--examples", shipments, *_TINY)
    assert Exit.PROCEED == done.exit_code, done.output
    for words in ("One match", "First use", "Memory", "reference", "compiled", "rete", "× reference", "All found the same"):
        assert words in done.stdout


def test_json_has_every_round_and_the_ratios(licet: Licet, shipments: Path) -> None:
    """Machines get the same tables, with the number of each round."""
    done = licet("bench", "--only", "decision", "--json", "--examples", shipments, *_TINY)
    assert Exit.PROCEED == done.exit_code, done.output
    (table,) = json.loads(done.stdout)["tables"]
    assert ("decision", "µs", "a decision") == (table["part"], table["unit"], table["ratio_to"])
    assert {*STAGES} <= {*table["rows"]}, "a stage is measured no more: a function of it has another name"
    check = table["rows"]["check"]["compiled"]
    assert [check["median"]] == check["rounds"]
    assert 0 < check["ratio"]["median"] < 1


def test_servers_are_measured_beside_a_bare_one(licet: Licet, shipments: Path) -> None:
    """Calls, batches and streams of a real server have a ratio to one that only sends bytes."""
    done = licet("bench", "--only", "server", "--engine", "compiled", "--json", "--examples", shipments, *_TINY)
    assert Exit.PROCEED == done.exit_code, done.output
    (table,) = json.loads(done.stdout)["tables"]
    rows = ["unary, 1 at a time", "unary, 4 at a time", "batches of 1", "streams of 2"]
    assert rows == list(table["rows"])
    for row in table["rows"].values():
        assert row["echo"]["median"] > 0
        assert row["compiled"]["ratio"]["median"] > 0


def test_the_ledger_is_measured_beside_no_ledger(licet: Licet, shipments: Path) -> None:
    """What recording costs, what the store takes, the room that a decision needs, and replays, all of which are identical."""
    done = licet("bench", "--only", "ledger", "--json", "--examples", shipments, *_TINY)
    assert Exit.PROCEED == done.exit_code, done.output
    served, appended, room, replayed = json.loads(done.stdout)["tables"]
    assert ["unary, 1 at a time", "unary, 16 at a time", "batches of 1"] == list(served["rows"])
    for row in served["rows"].values():
        assert row["SQLite"]["ratio"]["median"] > 0
    assert ["1 at once", "16 at once", "64 at once"] == list(appended["rows"])
    size = {name: row["bytes"]["median"] for name, row in room["rows"].items()}
    assert 300 < size["leaf"] < 2_000
    assert size["all, with rows and indexes (SQLite)"] > size["leaf"] + size["result, compressed"]
    assert re.search(r"without the release: [1-9][\d,]+ bytes", room["notes"][-1])
    (note,) = replayed["notes"]
    assert re.search(r"Verdicts: identical \d+\.$", note), note


def test_a_folder_without_shipments_is_named(licet: Licet, tmp_path: Path) -> None:
    """Where there is nothing to measure on, the command says so."""
    done = licet("bench", "--only", "decision", "--examples", tmp_path, *_TINY)
    assert Exit.USAGE == done.exit_code
    assert "no example shipments" in done.stderr


def test_contenders_take_turns() -> None:
    """Every other round goes backwards, and the one that warms up does not count."""
    order: list[str] = []

    def run(name: str) -> Callable[[], dict[str, float]]:
        def measured() -> dict[str, float]:
            order.append(name)
            return {"row": float(len(order))}

        return measured

    rows = interleaved({"a": run("a"), "b": run("b")}, 2)
    assert ["b", "a", "a", "b", "b", "a"] == order
    assert {"a": Series((3.0, 6.0)), "b": Series((4.0, 5.0))} == rows["row"]


def test_ratios_are_taken_within_a_round() -> None:
    """A round in which all were slow leaves the ratio what it is; nothing is divided by nought."""
    slow = {"a": Series((1.0, 10.0, 2.0)), "b": Series((2.0, 20.0, 4.0))}
    table = Table("", "ms", {"slow": slow, "none": {"a": Series((0.0,) * 3), "b": Series((1.0,) * 3)}}, against="a")
    assert Series((2.0, 2.0, 2.0)) == table.ratio("slow", "b")
    assert table.ratio("slow", "a") is None
    assert table.ratio("none", "b") is None
    assert (2.0, 0.5) == (slow["a"].median, slow["a"].noise)


def test_the_stopwatch_leaves_no_trace() -> None:
    """The functions of all stages are what they were, also after an error."""
    before = [(each.holder, each.name, vars(each.holder)[each.name]) for each in stages()]
    lazy = [getattr(value, "func", None) for _, _, value in before]
    with pytest.raises(KeyError), Stopwatch().running(stages()):
        raise KeyError
    assert before == [(holder, name, vars(holder)[name]) for holder, name, _ in before]
    assert lazy == [getattr(value, "func", None) for _, _, value in before]


def test_a_function_that_is_gone_is_no_stage() -> None:
    """A stage whose function has another name is an error, not a silent nought."""
    module = importlib.import_module("licet.decision.decide")
    with pytest.raises(AttributeError, match="no_such"), Stopwatch().running([Stage("x", module, "no_such")]):
        pytest.fail("it runs")


def test_time_counts_once() -> None:
    """Inner stages take their time from outer ones; what belongs to none is the rest."""
    watch = Stopwatch()
    with watch.running(()), watch.stage("outer"), watch.stage("inner"):
        pass
    assert {(REST, REST), ("outer", "outer"), ("outer", "inner")} == {*watch.spent}
