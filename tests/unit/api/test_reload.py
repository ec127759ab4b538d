from __future__ import annotations

import asyncio
import datetime
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from licet.api import reload
from licet.api.releases import Guard, Loaded, Releases, load
from licet.api.reload import Reloader, broken, look, told
from licet.engine.protocol import Matcher
from licet.engine.reference import ReferenceEngine
from licet.language.faults import Fault, PolicyError, Position

POLICIES = Path(__file__).parents[2] / "rpc" / "policies"
NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)


class Followed:
    """A folder, what is served of it, and what was announced."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        known = look(folder)
        self.releases = Releases(load(folder, ReferenceEngine))
        self.announced: list[bool] = []
        self.reloader = Reloader(
            folder=folder, engine=ReferenceEngine, releases=self.releases, known=known, announce=self._announce
        )

    async def _announce(self, sound: bool) -> None:
        self.announced.append(sound)

    @property
    def digest(self) -> str:
        """Of what is served."""
        return self.releases.active.release.digest

    def write(self, name: str, old: str, new: str) -> None:
        """Edits a file."""
        path = self.folder / name
        path.write_text(path.read_text().replace(old, new))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the law, to edit."""
    return shutil.copytree(POLICIES, tmp_path / "policies")


def follow(folder: Path, scenario: Callable[[Followed], Awaitable[None]]) -> Followed:
    """What is served after a scenario."""

    async def run() -> Followed:
        followed = Followed(folder)
        await scenario(followed)
        followed.reloader._thread.shutdown()
        return followed

    return asyncio.run(run())


def test_nothing_new_is_nothing_to_do(folder: Path) -> None:
    """Looking at a folder that does not change leaves the release as it is, the very object."""

    async def scenario(followed: Followed) -> None:
        active = followed.releases.active
        for _ in range(3):
            await followed.reloader.step()
        assert active is followed.releases.active

    assert [] == follow(folder, scenario).announced


def test_an_edit_is_tried_once_it_has_settled(folder: Path) -> None:
    """One look finds an edit, and the next, if nothing more has changed, takes it; a copy half done is not tried."""

    async def scenario(followed: Followed) -> None:
        before = followed.digest
        followed.write("zz/policy.yaml", "name: Testland", "name: Testonia")
        await followed.reloader.step()
        followed.write("yy/policy.yaml", "name: Elsewhere", "name: Nowhere")
        await followed.reloader.step()
        assert before == followed.digest, "it changes still"
        await followed.reloader.step()
        assert before != followed.digest

    assert [True] == follow(folder, scenario).announced


def test_an_edit_overtaken_by_the_next_is_dropped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read while the folder changed is not served, sound as it may be; the edit after it is."""

    def overtaken(folder: Path, engine: Callable[[], Matcher], guard: Guard) -> Loaded:
        loaded = load(folder, engine)
        (folder / "zz" / "policy.yaml").touch()
        return loaded

    async def scenario(followed: Followed) -> None:
        before = followed.digest
        followed.write("zz/policy.yaml", "name: Testland", "name: Testonia")
        with monkeypatch.context() as patched:
            patched.setattr(reload, "read", overtaken)
            await followed.reloader.step()
            await followed.reloader.step()
        assert before == followed.digest
        await followed.reloader.step()
        assert before != followed.digest

    follow(folder, scenario)


def test_a_broken_edit_is_told_once(folder: Path) -> None:
    """A fault keeps the release, and is logged and announced once, however often the folder is looked at."""

    async def scenario(followed: Followed) -> None:
        active = followed.releases.active
        followed.write("zz/policy.yaml", "jurisdiction: zz", "jurisdiction: xx")
        for _ in range(5):
            await followed.reloader.step()
        assert active is followed.releases.active

    with capture_logs() as logs:
        followed = follow(folder, scenario)
    assert [False] == followed.announced
    (line,) = logs
    assert ("reload_failed", 1, followed.digest) == (line["event"], line["faults"], line["release"])
    assert followed.releases.broken is not None


def test_a_fault_nobody_foresaw_keeps_the_release(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where loading fails for a fault of ours, the server serves on, follows on, and quotes no policy."""

    def fail(folder: Path, engine: Callable[[], Matcher], guard: Guard) -> Loaded:
        raise RecursionError("a secret rule")

    async def scenario(followed: Followed) -> None:
        followed.write("zz/policy.yaml", "name: Testland", "name: Testonia")
        with monkeypatch.context() as patched:
            patched.setattr(reload, "read", fail)
            await followed.reloader.step()
            await followed.reloader.step()
        assert followed.releases.broken is not None
        assert ("the policies cannot be loaded",) == followed.releases.broken.faults
        followed.write("zz/policy.yaml", "name: Testonia", "name: Testland")
        await followed.reloader.step()
        await followed.reloader.step()
        assert followed.releases.broken is None

    with capture_logs() as logs:
        assert [False, True] == follow(folder, scenario).announced
    assert "RecursionError" in str(logs)
    assert "secret" not in str(logs)


def test_every_release_has_an_engine_of_its_own(folder: Path) -> None:
    """What an engine keeps of one release never answers under another, even where a package's own digest is the same."""

    async def scenario(followed: Followed) -> None:
        before = followed.releases.active
        followed.write("places.yaml", "name: Germany", "name: Allemagne")
        await followed.reloader.step()
        await followed.reloader.step()
        after = followed.releases.active
        assert before.release.digest != after.release.digest
        assert before.release.packages["zz"].digest == after.release.packages["zz"].digest
        assert before.matcher is not after.matcher

    follow(folder, scenario)


def test_many_faults_are_counted() -> None:
    """Callers see the first hundred faults, by place and code alone, and how many there are; the log has the texts."""
    error = PolicyError(Fault(Position("zz/a.yaml", n, 1), "NAME", f"secret {n}") for n in range(1, 151))
    found = broken(error, NOW)
    assert (100, 150, NOW) == (len(found.faults), found.count, found.at)
    assert "zz/a.yaml:1:1: NAME" == found.faults[0]
    assert 150 == len(told(error))
    assert "secret 1" in told(error)[0]


def test_a_path_is_for_the_log_alone(tmp_path: Path) -> None:
    """That a folder cannot be read is told to callers without saying where it is."""
    error = FileNotFoundError(2, "No such file", str(tmp_path))
    assert str(tmp_path) in told(error)[0]
    assert str(tmp_path) not in broken(error, NOW).faults[0]
    assert look(tmp_path / "nowhere") is None
