"""`licet evaluate --engine …` as a user meets it: what decides, what stands beside it, and what goes wrong."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict

import licet as installed
from licet.cli.exits import Exit
from licet.engine.compiled import CompiledEngine
from licet.engine.protocol import Case, Finding, Verdict
from licet.engine.reference import ReferenceEngine
from licet.engine.rete import ReteEngine
from licet.v1 import decision_pb2
from tests.support.packages import policy_files, rule, rules_file
from tests.support.shipments import SHIPMENT

Licet = Callable[..., Any]
Example = Callable[[str], Path]
_PATIENCE = 120


def _command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "licet.cli.main", "evaluate", *map(str, arguments)]


def _run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(_command(*arguments), capture_output=True, text=True, timeout=_PATIENCE, check=False)


def _decided(plain: dict[str, Any]) -> dict[str, Any]:
    """A decision without what changes from call to call, or names the engine."""
    return {name: value for name, value in plain.items() if name not in ("decided_at", "engine")}


def _opinions(shown: str) -> list[dict[str, Any]]:
    opinions: list[dict[str, Any]] = json.loads(shown)["second_opinion"]["opinions"]
    return opinions


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes the second engine with other options, such as another command in the place of its process."""
    return lambda **options: monkeypatch.setattr("licet.cli.engines.ReteEngine", lambda **given: ReteEngine(**{**given, **options}))


# ---- agreement ----------------------------------------------------------------------------------------------------------


def test_both_shows_the_second_opinion_beside_the_answer(example: Example) -> None:
    """The page is that of the default, with a section behind it; the exit code is the disposition's."""
    alone, both = _run(example("02")), _run(example("02"), "--engine", "both")
    assert (Exit.HOLD, "") == (both.returncode, both.stderr)
    assert both.stdout.startswith(alone.stdout.rstrip("\n"))
    section = both.stdout.removeprefix(alone.stdout.rstrip("\n"))
    assert "Second opinion – by durable-rules" in section
    assert re.search(r"✓ European Union: (\d+) of \1 findings confirmed", section)
    assert "under all assumptions and under no assumptions" in section
    for bad in ("contradicted", "not available"):
        assert bad not in section


def test_the_readme_shows_what_is_printed(licet: Licet, example: Example) -> None:
    """The section that the README shows is the one that its command prints; figures may move with the policies."""
    readme = (Path(__file__).resolve().parents[3] / "README.md").read_text(encoding="utf-8")
    (section,) = (
        block for block in re.findall(r"^```text\n(.*?)^```", readme, re.MULTILINE | re.DOTALL) if "Second opinion" in block
    )
    shown = licet("evaluate", example("06"), "-j", "us", "--engine", "both").stdout
    assert _unfigured(section) == _unfigured(shown[shown.index(" Second opinion") :])


def _unfigured(text: str) -> str:
    return " ".join(re.sub(r"\d+", "N", text).split())


def test_both_as_json_is_the_decision_and_the_opinion(licet: Licet, example: Example) -> None:
    """Under `decision` stands the documented message, made by the default engine; the opinion has each package in each world."""
    both = json.loads(licet("evaluate", example("02"), "--engine", "both", "--json").stdout)
    alone = json.loads(licet("evaluate", example("02"), "--json").stdout)
    assert {"decision", "second_opinion"} == set(both)
    assert _decided(alone) == _decided(both["decision"])
    assert f"compiled {installed.__version__}" == both["decision"]["engine"] == ParseDict(alone, decision_pb2.Decision()).engine
    second = both["second_opinion"]
    assert (True, True) == (second["agrees"], second["complete"])
    told = {j["jurisdiction"] for j in alone["result"]["jurisdictions"]}
    asked = {(o["jurisdiction"], o["under"]) for o in second["opinions"]}
    assert {(j, under) for j in told for under in ("ALL", "NONE", "NEEDED")} <= asked
    for opinion in second["opinions"]:
        assert opinion["findings"] == opinion["confirmed"] + opinion["taken"]
        assert (opinion["under"] == "NEEDED") == opinion["of_the_answer"]
        assert ([], []) == (opinion["contradicted"], opinion["not_available"])
    assert all(0 < o["conditions"]["decided"] for o in second["opinions"] if o["jurisdiction"] in ("eu", "us"))


def test_refused_assumptions_leave_one_world(licet: Licet, example: Example) -> None:
    """Where nothing may be assumed, each package is asked of once."""
    shown = licet("evaluate", example("06"), "-j", "de", "--refuse-assumptions", "--engine", "both", "--json").stdout
    assert {("NONE", True)} == {(opinion["under"], opinion["of_the_answer"]) for opinion in _opinions(shown)}
    jurisdictions = [opinion["jurisdiction"] for opinion in _opinions(shown)]
    assert sorted(set(jurisdictions)) == jurisdictions


def test_several_and_explained(licet: Licet, example: Example) -> None:
    """Several shipments have an opinion each, on the line of each; an explanation has one too."""
    files = example("06"), example("18")
    shown = licet("evaluate", *files, "-j", "us", "--engine", "both", "--json")
    assert Exit.STOP == shown.exit_code
    lines = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [{"file", "decision", "second_opinion"}] * 2 == [set(line) for line in lines]
    assert "Second opinion" in licet("evaluate", *files, "-j", "us", "--engine", "both").stdout
    assert "Second opinion" in licet("explain", files[0], "-j", "us", "--engine", "both").stdout
    explained = json.loads(licet("explain", files[0], "-j", "us", "--engine", "both", "--json").stdout)
    assert {"trace", "second_opinion"} == set(explained)


@pytest.mark.parametrize("engine", ["compiled", "reference", "rete"])
def test_each_engine_decides_alike_and_is_named(licet: Licet, example: Example, engine: str) -> None:
    """Whichever engine decides, the decision is the same but for its name."""
    wanted = json.loads(licet("evaluate", example("17"), "--engine", "reference", "--json").stdout)
    shown = licet("evaluate", example("17"), "--engine", engine, "--json")
    found = json.loads(shown.stdout)
    assert f"{engine} {installed.__version__}" == found["engine"]
    assert _decided(wanted) == _decided(found)
    assert "" == shown.stderr


def test_a_server_decides_by_its_own_engine(licet: Licet, example: Example) -> None:
    """`--engine` beside `--server` is refused, with what to do."""
    shown = licet("evaluate", example("06"), "--engine", "both", "--server", "127.0.0.1:1")
    assert Exit.USAGE == shown.exit_code
    assert "leave out --engine" in " ".join(shown.stderr.replace("│", " ").split())


def test_no_process_is_left(licet: Licet, example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second engine's process ends with the command, whatever ends it."""
    made: list[ReteEngine] = []

    def make(**options: Any) -> ReteEngine:
        made.append(ReteEngine(**options))
        return made[-1]

    monkeypatch.setattr("licet.cli.engines.ReteEngine", make)
    for more in (["--engine", "both"], ["--engine", "rete"], ["--engine", "both", "--release", "0"]):
        licet("evaluate", example("06"), "-j", "us", *more)
    assert [1, 1, 0] == [engine._child.starts for engine in made]
    assert [None, None, None] == [engine._child.pid for engine in made]


# ---- what goes wrong in the second engine -------------------------------------------------------------------------------


def _children(pid: int) -> list[int]:
    """The processes that a process has started, as Linux lists them."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def _first_child(process: subprocess.Popen[str]) -> int:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        for found in _children(process.pid):
            return found
        time.sleep(0.005)
    raise AssertionError("no child was started")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the child in /proc")
def test_killed_in_the_middle_of_work(example: Example) -> None:
    """Whoever kills the child while it is asked sees the same decision, and "not available" for what it was asked."""
    wanted = _run(example("06"), "-j", "us", "--json")
    asking = _command(example("06"), "-j", "us", "--engine", "both", "--json")
    with subprocess.Popen(asking, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        child = _first_child(process)
        os.kill(child, signal.SIGSTOP)  # it answers nothing more: whatever it is asked is under way when it dies
        time.sleep(3)
        assert process.poll() is None
        os.kill(child, signal.SIGKILL)
        out, errors = process.communicate(timeout=_PATIENCE)
    assert (wanted.returncode, "") == (process.returncode, errors)
    both = json.loads(out)
    assert _decided(json.loads(wanted.stdout)) == _decided(both["decision"])
    assert (True, False) == (both["second_opinion"]["agrees"], both["second_opinion"]["complete"])
    refused = [refusal for opinion in _opinions(out) for refusal in opinion["not_available"]]
    assert [{"reason": "its process died", "detail": "", "count": 1, "rules": []}] == refused
    assert 0 < sum(opinion["confirmed"] for opinion in _opinions(out))  # another child answered the rest


def _instead(code: str) -> tuple[str, ...]:
    """A process that does, in the place of the child, what durable-rules was seen to do to its process."""
    engine = "import json, durable_rules_engine as e\n"
    return sys.executable, "-c", engine + code


_SEEN = {
    "crash": (
        'h = e.create_ruleset("x", json.dumps({f"r{n}": {"all": [{"m": {"a": 1}}]} for n in range(256)})); e.assert_fact(h, \'{"sid":1,"id":1,"a":1}\')',
        "its process died",
    ),
    "hang": (
        'e.create_ruleset("x", json.dumps({f"r{n}": {"all": [{"m": {"a": n}}]} for n in range(600)}))',
        "no answer in time (1 s)",
    ),
    "import": ("raise ImportError", "its process died"),
}


@pytest.mark.parametrize("kind", _SEEN)
def test_what_durable_rules_does_to_its_process_changes_nothing(
    licet: Licet, example: Example, child: Callable[..., None], kind: str
) -> None:
    """A crash, a hang or an engine that cannot be loaded: the same page and exit code, with "not available" behind it."""
    code, reason = _SEEN[kind]
    wanted = licet("evaluate", example("06"))
    child(command=_instead(code), timeout=1.0)
    shown = licet("evaluate", example("06"), "--engine", "both")
    assert (Exit.PROCEED, "") == (shown.exit_code, shown.stderr)
    assert shown.stdout.startswith(wanted.stdout.rstrip("\n"))
    section = " ".join(shown.stdout.removeprefix(wanted.stdout.rstrip("\n")).split())
    assert f"not available for the whole package: {reason}" in section
    assert re.search(r"United States: 0 of [1-9]\d* findings confirmed", section)
    assert section.count("not available") <= 2  # packages that fare alike share a line


def test_an_engine_that_is_late_is_not_waited_for_again(licet: Licet, example: Example, child: Callable[..., None]) -> None:
    """After one match for which it was late the rest are "not asked": nobody waits for each in turn."""
    child(command=_instead("import time; time.sleep(60)"), timeout=0.3)
    shown = licet("evaluate", example("06"), "--engine", "both", "--json")
    reasons = sorted(refusal["reason"] for opinion in _opinions(shown.stdout) for refusal in opinion["not_available"])
    assert ["no answer in time", *["not asked"] * (len(reasons) - 1)] == reasons
    assert len(_opinions(shown.stdout)) == len(reasons)


def test_a_fault_of_ours_in_the_second_engine_changes_nothing(
    licet: Licet, example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even an exception in the part of the second engine that runs here is "not available"."""

    def fail(*_: object) -> None:
        raise KeyError("none")

    monkeypatch.setattr(ReteEngine, "opinion", fail)
    shown = licet("evaluate", example("06"), "-j", "us", "--engine", "both", "--json")
    assert Exit.PROCEED == shown.exit_code
    assert {"it failed"} == {refusal["reason"] for opinion in _opinions(shown.stdout) for refusal in opinion["not_available"]}


# ---- contradictions -----------------------------------------------------------------------------------------------------


class Forgetful:
    """An engine that misses every control that fires, and that nobody checks."""

    name = "forgetful"

    def __init__(self, *_: object) -> None:
        self.lost: list[Finding] = []

    def match(self, case: Case) -> tuple[Finding, ...]:
        """What the reference finds, without what it should not miss."""
        found = ReferenceEngine().match(case)
        return tuple(f for f in found if f.verdict is not Verdict.FIRED or f.rule != "eu.annex-i")


def test_a_missed_rule_is_contradicted_and_lets_nothing_go(licet: Licet, example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finding that is missing frees the shipment; the second opinion says so first of all, and the exit code holds it."""
    monkeypatch.setattr("licet.cli.engines.Walked", Forgetful)
    files = example("02"), "-j", "eu"
    assert Exit.PROCEED == licet("evaluate", *files).exit_code
    shown = licet("evaluate", *files, "--engine", "both")
    assert Exit.HOLD == shown.exit_code
    text = " ".join(shown.stdout.split())
    assert shown.stdout.lstrip().startswith("INCIDENT")
    assert "line 1: here not fired, durable-rules fired; under the assumptions that the answer needs, under all assumptions" in text
    assert text.index("INCIDENT") < text.index("PROCEED") < text.index("Second opinion")
    assert "1 contradicted" in text
    assert "SECOND_OPINION_CONTRADICTS" in shown.stderr
    assert "eu.annex-i" in shown.stderr


def test_a_contradiction_as_json(licet: Licet, example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    """Machines get both verdicts under `second_opinion`, and the reason on standard error; the decision is what it was."""
    monkeypatch.setattr("licet.cli.engines.Walked", Forgetful)
    shown = licet("evaluate", example("02"), "-j", "eu", "--engine", "both", "--json")
    both = json.loads(shown.stdout)
    assert (Exit.HOLD, "DISPOSITION_PROCEED") == (shown.exit_code, both["decision"]["result"]["disposition"])
    assert not both["second_opinion"]["agrees"]
    told = [each for opinion in _opinions(shown.stdout) for each in opinion["contradicted"]]
    assert {("1", "VERDICT_NOT_FIRED", "VERDICT_FIRED")} == {(each["item"], each["ours"], each["theirs"]) for each in told}
    assert all(each["finding"].startswith("eu.annex-i") for each in told)
    assert "SECOND_OPINION_CONTRADICTS" == json.loads(shown.stderr)["reason"]


def test_a_contradiction_makes_no_exit_code_milder(licet: Licet, example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shipment that is stopped stays stopped; among several the gravest code stands."""
    monkeypatch.setattr("licet.cli.engines.Walked", partial(Altered, Verdict.UNDETERMINED))
    shown = licet("evaluate", example("18"), "-j", "us", "--engine", "both")
    assert shown.stdout.lstrip().startswith("INCIDENT")
    assert Exit.STOP == shown.exit_code
    assert Exit.STOP == licet("evaluate", example("06"), example("18"), "-j", "us", "--engine", "both").exit_code


class Altered:
    """An engine that takes what was merely considered for something else."""

    name = "altered"

    def __init__(self, verdict: Verdict, *_: object) -> None:
        self.verdict = verdict

    def match(self, case: Case) -> tuple[Finding, ...]:
        """What the reference finds, with one verdict that is wrong."""
        found = ReferenceEngine().match(case)
        wrong = next((f for f in found if f.verdict is Verdict.CONSIDERED), None)
        return tuple(sorted(replace(f, verdict=self.verdict) if f is wrong else f for f in found))


# ---- the default is checked ---------------------------------------------------------------------------------------------


def test_a_fault_of_the_compiled_engine_is_said_aloud(licet: Licet, example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the compiled engine misses a rule the answer is that of the walk, is named so, and standard error says what differs."""
    wanted = json.loads(licet("evaluate", example("02"), "--engine", "reference", "--json").stdout)
    monkeypatch.setattr(CompiledEngine, "match", lambda _, case: Forgetful().match(case))
    shown = licet("evaluate", example("02"))
    assert Exit.HOLD == shown.exit_code
    (line,) = shown.stderr.splitlines()
    assert line.startswith("ENGINES_DISAGREE: the compiled engine errs in eu")
    assert "only the walk eu.annex-i" in line
    machine = licet("evaluate", example("02"), "--json")
    assert "ENGINES_DISAGREE" == json.loads(machine.stderr)["reason"]
    found = json.loads(machine.stdout)
    assert f"reference {installed.__version__}" == found["engine"]
    assert _decided(wanted) == _decided(found)


# ---- durable-rules alone, and what it refuses ---------------------------------------------------------------------------


@pytest.fixture
def testland(tmp_path: Path) -> tuple[object, ...]:
    """A shipment of Testland, whose law has a rule that the second engine refuses and that only auditors may see."""
    long = rule(
        "zz.long", {"flag": {"id": "G", "text": "G"}}, {"all": [f"item.quantity > {n}" for n in range(70)]}, disclosure="restricted"
    )
    for name, content in policy_files({"zz/rules/more.yaml": rules_file(long)}).items():
        file = tmp_path / "policies" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    shipment = tmp_path / "shipment.json"
    shipment.write_text(json.dumps(SHIPMENT))
    return shipment, "--policies", tmp_path / "policies"


def test_durable_rules_alone_decides_all_or_nothing(licet: Licet, testland: tuple[object, ...]) -> None:
    """Where it refuses a rule there is no decision: the rule, the reason and the way out are told, with a code of its own."""
    shown = licet("evaluate", *testland, "--engine", "rete")
    assert (Exit.SERVER, "") == (shown.exit_code, shown.stdout)
    for words in ("durable-rules gives no findings for zz", "zz.long: a conjunction is too long", "choose another engine"):
        assert words in shown.stderr
    machine = json.loads(licet("evaluate", *testland, "--engine", "rete", "--json").stderr)
    assert "RETE_UNAVAILABLE" == machine["reason"]
    assert "zz.long" in machine["message"]
    assert Exit.SERVER == licet("evaluate", testland[0], *testland, "--engine", "rete").exit_code


def test_durable_rules_alone_does_not_decide_when_its_process_dies(
    licet: Licet, example: Example, child: Callable[..., None]
) -> None:
    """Without its process there is no decision either."""
    child(command=_instead("raise SystemExit"))
    shown = licet("evaluate", example("06"), "--engine", "rete")
    assert (Exit.SERVER, "") == (shown.exit_code, shown.stdout)
    assert "all rules: its process died; choose another engine" in shown.stderr


def test_a_finding_that_the_walk_denies_is_not_answered_on(licet: Licet, example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    """Durable-rules alone, and wrong: what it finds and the walk does not ends the command, with both verdicts."""
    monkeypatch.setattr(ReteEngine, "match", lambda _, case: Altered(Verdict.FIRED).match(case))
    shown = licet("evaluate", example("18"), "-j", "us", "--engine", "rete")
    assert (Exit.SERVER, "") == (shown.exit_code, shown.stdout)
    assert "ENGINES_DISAGREE" in shown.stderr
    assert "found fired, walked considered" in shown.stderr


def test_refused_rules_are_counted_and_named(licet: Licet, testland: tuple[object, ...]) -> None:
    """A rule of which there is no second opinion is told with its reason; the rest is confirmed."""
    shown = licet("evaluate", *testland, "--engine", "both", "--audience", "auditor")
    text = " ".join(shown.stdout.split())
    assert "? not available for 1 rule (zz.long): a conjunction is too long (70 conditions, at most 60) – Testland" in text
    assert shown.exit_code == licet("evaluate", *testland).exit_code


def test_restricted_rules_are_named_to_auditors_only(licet: Licet, testland: tuple[object, ...]) -> None:
    """Whoever may not see a rule does not read its name in the second opinion."""
    shown = licet("evaluate", *testland, "--engine", "both")
    assert "zz.long" not in shown.stdout
    assert "1 rule (a restricted rule): a conjunction is too long" in " ".join(shown.stdout.split())
