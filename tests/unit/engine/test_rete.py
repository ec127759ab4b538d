"""The second opinion, with a real child process and durable-rules itself."""

from __future__ import annotations

import datetime
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from licet.cli.shipment import read_shipment
from licet.decision.canonical import canonical, legal_date
from licet.decision.decide import decide
from licet.decision.settings import Settings
from licet.engine.protocol import Case, Finding, Verdict
from licet.engine.reference import ReferenceEngine
from licet.engine.rete import Child, Contradiction, NotAvailable, Refusal, ReteEngine, ReteUnavailableError, SecondOpinion
from licet.policy.folder import embedded_folder, read_folder
from licet.policy.release import Release, load_release
from tests.support.generated import packages
from tests.support.open_facts import transactions
from tests.support.packages import load, rule, rules_file
from tests.support.shipments import TODAY, request

_EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples").glob("*.yaml"))
_REFERENCE = ReferenceEngine()


@pytest.fixture(scope="module")
def engine() -> Iterator[ReteEngine]:
    """One engine, and so one child process, for the tests that leave it in peace."""
    with ReteEngine(timeout=60) as one:
        yield one


@cache
def _shipped() -> Release:
    return load_release(read_folder(embedded_folder()))


def _cases(release: Release, transaction: Any, active: frozenset[str] | None = None) -> list[Case]:
    """A case for each package."""
    tx = canonical(transaction, TODAY)
    date = legal_date(tx)
    vocabularies = release.vocabularies
    return [Case(tx, package, release.law(j, date), vocabularies[j], active) for j, package in release.packages.items()]


def _case(release: Release, **fields: Any) -> Case:
    """The case of Testland's package for its small shipment."""
    return next(case for case in _cases(release, request(**fields).transaction) if case.package.jurisdiction == "zz")


def _slow_case(items: int) -> Case:
    """A case with much to find: lines without classification may fall under any row."""
    transaction = read_shipment(next(file for file in _EXAMPLES if file.name.startswith("13"))).request.transaction
    first = transaction.items[0]
    for number in range(2, items + 1):
        transaction.items.add().CopyFrom(first)
        transaction.items[-1].line = str(number)
    return next(case for case in _cases(_shipped(), transaction) if case.package.jurisdiction == "us")


def _agrees(engine: ReteEngine, case: Case) -> SecondOpinion:
    findings = _REFERENCE.match(case)
    opinion = engine.opinion(case, findings)
    assert () == opinion.contradicted
    assert () == opinion.not_available
    assert len(findings) == opinion.confirmed + opinion.taken
    return opinion


# ---- agreement ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", _EXAMPLES, ids=[file.stem for file in _EXAMPLES])
def test_both_engines_agree_on_the_examples(file: Path, engine: ReteEngine) -> None:
    """On every package of the shipped release and every example, with assumptions and without, both engines find the same."""
    transaction = read_shipment(file).request.transaction
    for active in (None, frozenset[str]()):
        for case in _cases(_shipped(), transaction, active):
            _agrees(engine, case)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_both_engines_agree_on_generated_packages(engine: ReteEngine, data: st.DataObject) -> None:
    """On packages as they are drawn, and transactions with facts unset, stated and complete, both engines find the same."""
    made = data.draw(packages())
    for unset in (3, 7):
        transaction = data.draw(transactions(made.text, unset=unset))
        for active in (None, frozenset[str]()):
            for case in _cases(made.release, transaction, active):
                _agrees(engine, case)


def test_most_leaves_are_decided(engine: ReteEngine) -> None:
    """Of the shipped packages' leaves eight in ten are decided by the second engine whole; of most others only some is taken."""
    transaction = read_shipment(_EXAMPLES[0]).request.transaction
    opinions = [_agrees(engine, case) for case in _cases(_shipped(), transaction)]
    decided, taken = sum(o.decided_leaves for o in opinions), sum(o.taken_leaves for o in opinions)
    partly = sum(o.partly_taken_leaves for o in opinions)
    assert decided > 0.8 * (decided + taken)
    assert 0 < taken
    assert taken / 2 < partly <= taken


def test_it_can_decide(engine: ReteEngine) -> None:
    """Whoever chooses it as the engine gets the same result, byte for byte."""
    for file in _EXAMPLES[1:3]:
        wanted = read_shipment(file).request
        ours = decide(wanted, _shipped(), _REFERENCE, today=TODAY, settings=Settings())
        theirs = decide(wanted, _shipped(), engine, today=TODAY, settings=Settings())
        assert ours.result.SerializeToString(deterministic=True) == theirs.result.SerializeToString(deterministic=True)


# ---- contradictions -----------------------------------------------------------------------------------------------------


def test_a_wrong_verdict_is_contradicted(engine: ReteEngine) -> None:
    """A verdict that is another one, a finding that is missing and one too many are each told, with both verdicts."""
    case = _case(load())
    findings = _REFERENCE.match(case)
    fired = next(f for f in findings if f.rule == "zz.list" and f.verdict is Verdict.FIRED)
    others = tuple(f for f in findings if f is not fired)
    turned = engine.opinion(case, (*others, replace(fired, verdict=Verdict.UNDETERMINED)))
    assert (Contradiction("zz.list[A1]", "1", Verdict.UNDETERMINED, Verdict.FIRED),) == turned.contradicted
    missed = engine.opinion(case, others)
    assert (Contradiction("zz.list[A1]", "1", Verdict.NOT_FIRED, Verdict.FIRED),) == missed.contradicted
    invented = engine.opinion(case, (*findings, Finding("zz.list", "B1", "1", Verdict.FIRED)))
    assert (Contradiction("zz.list[B1]", "1", Verdict.FIRED, Verdict.NOT_FIRED),) == invented.contradicted
    assert len(findings) == invented.confirmed + invented.taken
    assert not invented.agrees


def test_a_list_that_is_unset_is_taken(engine: ReteEngine) -> None:
    """Where a list is unset the walk says so; that both agree on it is counted apart."""
    each = rule("zz.each", {"flag": {"id": "F", "text": "F"}}, "p.military", for_each={"p": "tx.parties"})
    case = _case(load({"zz/rules/each.yaml": rules_file(each)}), parties=None)
    opinion = _agrees(engine, case)
    assert 1 == opinion.taken


# ---- what is not available ----------------------------------------------------------------------------------------------


def test_refused_rules_are_left_out_and_told(engine: ReteEngine) -> None:
    """A rule that does not fit is not available, with its reason; all others are judged; as an engine it then declines."""
    table = rule(
        "zz.two",
        {"flag": {"id": "F", "text": "F"}},
        'row.review == "denial"',
        for_each={"row": "tables.entries", "p": "tx.parties"},
    )
    long = rule("zz.long", {"flag": {"id": "G", "text": "G"}}, {"all": [f"item.quantity > {n}" for n in range(70)]})
    case = _case(load({"zz/rules/more.yaml": rules_file(table, long)}))
    findings = _REFERENCE.match(case)
    opinion = engine.opinion(case, findings)
    assert {"a conjunction is too long": 1, "a list after a table in one for_each": 1} == opinion.reasons
    assert ("zz.long", "zz.two") == tuple(refusal.rule for refusal in opinion.not_available)
    assert opinion.agrees
    assert sum(f.rule not in ("zz.long", "zz.two") for f in findings) == opinion.confirmed + opinion.taken
    with pytest.raises(ReteUnavailableError, match=r"zz\.long: a conjunction is too long"):
        engine.match(case)


def test_many_alternatives_need_no_refusal(engine: ReteEngine) -> None:
    """Wide conditions are spread over rulesets, and deep ones over strata: both are judged like any other."""
    wide = rule("zz.wide", {"flag": {"id": "F", "text": "F"}}, {"any": [f"item.quantity > {n}" for n in range(1, 300)]})
    pairs = [{"any": [f"item.quantity > {n}", f"item.quantity < {n + 1}"]} for n in range(1, 40)]
    deep = rule(
        "zz.deep", {"flag": {"id": "G", "text": "G"}}, {"all": [*pairs, {"none": [{"all": pairs[:3]}, {"all": pairs[5:30]}]}]}
    )
    release = load({"zz/rules/more.yaml": rules_file(wide, deep)})
    for quantity in ("0", "1", "250", "1000"):
        items = [{"line": "1", "classifications": {"zz.list": {"codes": ["A1"]}}, "quantity": {"value": quantity}}]
        _agrees(engine, _case(release, items=items))
    _agrees(engine, _case(release, items=[{"line": "1"}]))


def test_a_case_too_large_is_not_available(engine: ReteEngine) -> None:
    """More bindings than a second opinion is given on: not available, beforehand."""
    each = rule("zz.each", {"flag": {"id": "F", "text": "F"}}, "p.military && item.quantity > 1", for_each={"p": "tx.parties"})
    release = load({"zz/rules/each.yaml": rules_file(each)})
    parties = [{"reference": f"p{n}", "roles": ["PARTY_ROLE_CARRIER"], "country": "DE"} for n in range(120)]
    case = _case(release, parties=parties, items=[{"line": str(n)} for n in range(1, 60)])
    assert {"the case is too large": 1} == engine.opinion(case, ()).reasons


def test_killed_at_work() -> None:
    """A child that is killed in the middle of its work gives no verdict, and the next evaluation has another child."""
    case = _slow_case(12)
    with ReteEngine(timeout=60) as engine:
        assert engine.opinion(_slow_case(1), ()).not_available == ()
        opinions: list[SecondOpinion] = []
        asking = threading.Thread(target=lambda: opinions.append(engine.opinion(case, ())))
        asking.start()
        threading.Event().wait(0.5)
        pid = engine._child.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        asking.join(30)
        (opinion,) = opinions
        assert (Refusal("", "its process died"),) == opinion.not_available
        assert (0, ()) == (opinion.confirmed, opinion.contradicted)
        _agrees(engine, _slow_case(1))
        assert 2 == engine._child.starts


def test_killed_at_rest() -> None:
    """A child that dies between two evaluations is not missed."""
    case = _case(load())
    with ReteEngine() as engine:
        _agrees(engine, case)
        assert engine._child._process is not None
        engine._child._process.kill()
        engine._child._process.wait()
        _agrees(engine, case)
        assert 2 == engine._child.starts


def test_late_is_not_available() -> None:
    """An evaluation that takes too long ends the child; nothing is said of the findings."""
    with ReteEngine(timeout=0.7) as engine:
        opinion = engine.opinion(_slow_case(40), _REFERENCE.match(_slow_case(1)))
        assert ("no answer in time",) == tuple(refusal.reason for refusal in opinion.not_available)
        assert (0, 0) == (opinion.confirmed, opinion.taken)
        assert opinion.agrees


# What durable-rules was seen to do to its process. None of it can be asked of our child; here it stands in for it.
_ENGINE = """
import json, sys, durable_rules_engine
def run(rules, fact):
    handle = durable_rules_engine.create_ruleset("x", json.dumps(rules))
    durable_rules_engine.assert_fact(handle, json.dumps({"sid": 1, "id": 1, **fact}))
"""
_DEATHS = {
    "256 rules that end in one condition": 'run({f"r{n}": {"all": [{"m": {"a": 1}}]} for n in range(256)}, {"a": 1})',
    "a division by zero": """
divided = {"$div": {"$l": {"$m": "b"}, "$r": {"$m": "c"}}}
run({"r": {"all": [{"m": {"a": divided}}]}}, {"a": 1, "b": 1, "c": 0})
""",
}
_HANG = 'run({f"r{n}": {"all": [{"m": {"a": n}}]} for n in range(600)}, {"a": 1})'


def _instead(code: str) -> tuple[str, ...]:
    return sys.executable, "-c", code


@pytest.mark.parametrize("code", _DEATHS.values(), ids=_DEATHS)
def test_a_crash_of_the_engine_is_survived(code: str) -> None:
    """Whatever kills the child, the process that asked goes on, time and again."""
    case = _case(load())
    with ReteEngine(command=_instead(_ENGINE + code)) as engine:
        for _ in range(2):
            opinion = engine.opinion(case, _REFERENCE.match(case))
            assert (Refusal("", "its process died"),) == opinion.not_available
        assert 2 == engine._child.starts


def test_a_hang_of_the_engine_is_survived() -> None:
    """More than 512 conditions under one node never end; the child is ended instead."""
    case = _case(load())
    with ReteEngine(command=_instead(_ENGINE + _HANG), timeout=1.0) as engine:
        assert {"no answer in time": 1} == engine.opinion(case, ()).reasons
        assert engine._child.pid is None


@pytest.mark.parametrize(
    "answer",
    [b"", b"\0\0", b"\0\0\0\5hello", b"\0\0\0\2[]", b"\xff\xff\xff\xff{}"],
    ids=["nothing", "half a length", "no JSON", "a list", "less than it says"],
)
def test_a_torn_answer_is_no_verdict(answer: bytes) -> None:
    """What cannot be read as an answer is "not available"."""
    code = f"import sys; sys.stdin.buffer.read(4); sys.stdout.buffer.write({answer!r})"
    case = _case(load())
    with ReteEngine(command=_instead(code)) as engine:
        assert {"its process died": 1} == engine.opinion(case, ()).reasons


def test_a_child_that_cannot_be_started_is_not_available() -> None:
    """Where no process can be had there is no second opinion, and no error either."""
    with ReteEngine(command=("/nowhere/python",)) as engine:
        assert {"its process cannot be started": 1} == engine.opinion(_case(load()), ()).reasons


def test_an_error_of_the_engine_ends_the_child() -> None:
    """An error that durable-rules reports (303: too many pending matches) says nothing of any finding, and ends its process."""
    answer = json.dumps({"broken": "Could not assert fact, error code: 303"}).encode()
    code = f"import sys; sys.stdin.buffer.read(4); sys.stdout.buffer.write({len(answer).to_bytes(4, 'big') + answer!r})"
    case = _case(load())
    with ReteEngine(command=_instead(code)) as engine:
        (refusal,) = engine.opinion(case, ()).not_available
        assert ("", "its process gave up") == (refusal.rule, refusal.reason)
        assert "303" in refusal.detail
        assert engine._child.pid is None


def test_the_protocol_refuses_and_goes_on() -> None:
    """A request that the child refuses is told; the same child answers the next."""
    child = Child()
    try:
        with pytest.raises(NotAvailable, match="is no request"):
            child.ask(b'{"do": "delete_state"}')
        first = child.pid
        with pytest.raises(NotAvailable, match="gave up"):
            child.ask(b'{"do": "load"}')
        with pytest.raises(NotAvailable, match=r"gave up|died"):
            child.ask(b"no JSON")
        with pytest.raises(NotAvailable, match="is no request"):
            child.ask(b'{"do": "start_timer"}')
        assert first != child.pid
    finally:
        child.stop()


# ---- over time ----------------------------------------------------------------------------------------------------------


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over thousands of evaluations the child grows by little, and is replaced before it grows by much."""
    case = _case(load())
    findings = _REFERENCE.match(case)
    with ReteEngine() as engine:
        _agrees(engine, case)
        before = engine._child.memory
        for _ in range(3000):
            assert engine.opinion(case, findings).agrees
        assert engine._child.memory - before < 8 * 1024
        assert 1 == engine._child.starts
        monkeypatch.setattr("licet.engine.rete.MOST_MEMORY", 0)
        for _ in range(3):
            _agrees(engine, case)
        assert engine._child.starts >= 3


def test_law_of_another_day_is_another_program(engine: ReteEngine) -> None:
    """Findings follow the law of their date: rows and rules out of force are dormant, law without history is undetermined."""
    header = "*entry:code(zz.list),review:word,regime:regime,from:date?,to:date?"
    dated = f"{header}\nA1,denial,CLUB,2026-06-01,\nA2.b,denial,CLUB,,2026-06-01\n"
    release = load({"zz/tables/entries.csv": dated})
    verdicts = {}
    for day in (datetime.date(2000, 1, 1), datetime.date(2026, 5, 31), datetime.date(2026, 6, 1)):
        case = _case(release, date={"year": day.year, "month": day.month, "day": day.day})
        _agrees(engine, case)
        verdicts[day] = {f.name: f.verdict for f in engine.match(case) if f.rule == "zz.list"}
    assert [
        {"zz.list[*]": Verdict.UNDETERMINED},
        {"zz.list[A1]": Verdict.CONSIDERED},
        {"zz.list[A1]": Verdict.FIRED},
    ] == list(verdicts.values())


def test_several_threads_share_one_child(engine: ReteEngine) -> None:
    """One request is answered at a time, each with its own answer."""
    release = load()
    cases = [_case(release, destination={"country": country}) for country in ("DE", "NO", "CN", "ZZ", "US")] * 8
    wanted = [_REFERENCE.match(case) for case in cases]
    found: dict[int, tuple[Finding, ...]] = {}

    def work(start: int) -> None:
        for number in range(start, len(cases), 4):
            found[number] = engine.match(cases[number])

    threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wanted == [found[number] for number in range(len(cases))]
