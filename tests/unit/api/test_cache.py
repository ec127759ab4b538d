from __future__ import annotations

import asyncio
import hashlib
import multiprocessing
import os
import shutil
import stat
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from structlog.testing import capture_logs

import licet
from licet.api import afresh, cache
from licet.api.afresh import form_afresh
from licet.api.cache import Cache
from licet.api.errors import RefusedToStart
from licet.api.releases import Releases, load
from licet.api.reload import Reloader, look
from licet.engine.reference import ReferenceEngine
from licet.policy.folder import read_folder
from licet.policy.release import Release, load_release
from licet.policy.stored import digest_of, dumps, unfold
from tests.support.sameness import differences

POLICIES: Final = Path(__file__).parents[2] / "rpc" / "policies"
FILES: Final = read_folder(POLICIES)


@pytest.fixture(scope="module")
def release() -> Release:
    """What the policies say."""
    return load_release(FILES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the cache is to be."""
    return tmp_path / "cache"


@pytest.fixture
def kept(folder: Path, release: Release) -> Cache:
    """A cache that has the release."""
    made = Cache(folder)
    made.keep(FILES, release)
    return made


@pytest.fixture
def logs() -> Iterator[list[Any]]:
    """What is logged."""
    with capture_logs() as lines:
        yield lines


def only(folder: Path) -> Path:
    """The one file of a cache."""
    (path,) = folder.iterdir()
    return path


def events(logs: list[Any]) -> list[str]:
    """The events that were logged."""
    return [line["event"] for line in logs]


# ---- what is kept -------------------------------------------------------------------------------------------------------


def test_what_is_kept_is_found(kept: Cache, release: Release, folder: Path) -> None:
    """The release is found again, the same in every part; the file and its folder are ours alone."""
    found = kept.find(FILES)
    assert found is not None
    assert [] == differences(release, found.release)
    assert digest_of(dumps(release)) == found.form
    assert (0o700, 0o600) == (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE(only(folder).stat().st_mode))


def test_scenarios_are_no_part_of_it(kept: Cache) -> None:
    """A scenario beside the rules changes no release, and so no file of the cache."""
    assert kept.find({**FILES, "zz/more.cases.yaml": b"cases: []"}) is not None


@pytest.mark.parametrize(
    "files",
    [
        {**FILES, "zz/rules/rules.yaml": FILES["zz/rules/rules.yaml"] + b"\n"},
        {**FILES, "zz/rules/more.yaml": b""},
        {name: content for name, content in FILES.items() if name != "zz/rules/rules.yaml"},
        {name.replace("zz/", "xx/"): content for name, content in FILES.items()},
    ],
    ids=["a byte more", "a file more", "a file less", "other names"],
)
def test_other_policies_are_not_found(kept: Cache, files: Mapping[str, bytes], logs: list[Any]) -> None:
    """Policies that differ in a byte or a name have another file, or none."""
    assert kept.find(files) is None
    assert [] == logs


@pytest.mark.parametrize(
    "changed", [("sys.version", "4.0"), ("FORM", "2"), ("LANGUAGE", "2"), ("_LIBRARIES", ("pytest",))], ids=str
)
def test_other_makers_find_nothing(kept: Cache, changed: tuple[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another Python, form, language or library has files of its own."""
    monkeypatch.setattr(f"licet.api.cache.{changed[0]}", changed[1])
    cache._maker.cache_clear()
    assert kept.find(FILES) is None
    monkeypatch.undo()
    cache._maker.cache_clear()
    assert kept.find(FILES) is not None


def test_other_code_finds_nothing(kept: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed loader never serves what the one before it lowered: a byte of its code is another key."""
    root = Path(licet.__file__).parent
    for part in ("language", "policy", "v1"):
        shutil.copytree(root / part, tmp_path / "licet" / part)
    monkeypatch.setattr(licet, "__file__", str(tmp_path / "licet" / "__init__.py"))
    cache._maker.cache_clear()
    assert kept.find(FILES) is not None, "the same code elsewhere"
    with (tmp_path / "licet" / "language" / "lowering.py").open("a") as file:
        file.write("\n")
    cache._maker.cache_clear()
    assert kept.find(FILES) is None
    monkeypatch.undo()
    cache._maker.cache_clear()


def test_without_code_there_is_no_cache(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the code cannot be read, nobody could tell by which a release was lowered: the cache is refused."""
    monkeypatch.setattr(licet, "__file__", str(tmp_path / "licet" / "__init__.py"))
    cache._maker.cache_clear()
    with pytest.raises(RefusedToStart, match="sources of this software"):
        Cache(folder)
    monkeypatch.undo()
    cache._maker.cache_clear()


def test_only_the_files_used_last_are_kept(kept: Cache, folder: Path, release: Release) -> None:
    """Eight files are kept: those written or found last. What a dead process left half written goes too, what is being written stays."""
    first = only(folder)
    (folder / "dead.part").touch()
    os.utime(folder / "dead.part", (0, 0))
    (folder / "now.part").touch()
    for number in range(9):
        for age, path in enumerate(sorted(folder.glob("*.licet"), key=lambda path: path.stat().st_mtime, reverse=True)):
            os.utime(path, (path.stat().st_mtime - age - 1,) * 2)
        assert kept.find(FILES) is not None, "used all the time"
        kept.keep({**FILES, "zz/rules/more.yaml": str(number).encode()}, release)
    left = {path.name for path in folder.iterdir()}
    assert 9 == len(left)
    assert {first.name, "now.part"} <= left


# ---- what is not trusted ------------------------------------------------------------------------------------------------


def flip(content: bytes, at: int) -> bytes:
    """One bit is another."""
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


_TORN: Final[dict[str, Callable[[bytes], bytes]]] = {
    "nothing": lambda _: b"",
    "cut off": lambda content: content[:-1],
    "half": lambda content: content[: len(content) // 2],
    "the head alone": lambda content: content[: content.index(b"\n") + 1],
    "more": lambda content: content + b"\0",
    "a bit of the magic": lambda content: flip(content, 0),
    "a bit of the key": lambda content: flip(content, 20),
    "a bit of the hash": lambda content: flip(content, 90),
    "a bit of the body": lambda content: flip(content, 500),
    "the last bit": lambda content: flip(content, len(content) - 1),
    "a pickle": lambda _: b"\x80\x04N.",
}


@pytest.mark.parametrize("change", _TORN.values(), ids=_TORN)
def test_a_torn_file_counts_as_none(change: Callable[[bytes], bytes], kept: Cache, folder: Path, logs: list[Any]) -> None:
    """A file of which a bit is wrong is passed over, and the log says so; the release is made from its sources and kept anew."""
    path = only(folder)
    path.write_bytes(change(path.read_bytes()))
    assert kept.find(FILES) is None
    assert ["cache_ignored"] == events(logs)
    loaded = load(POLICIES, ReferenceEngine, kept)
    assert "" == loaded.form
    settled(Releases(loaded), kept)
    assert kept.find(FILES) is not None


def test_a_file_under_another_name_counts_as_none(kept: Cache, folder: Path, release: Release, logs: list[Any]) -> None:
    """A file that was stored for other policies, and renamed, is passed over, whole as it is."""
    other = {**FILES, "zz/rules/more.yaml": b""}
    name = only(folder).name
    kept.keep(other, release)
    (foreign,) = [path for path in folder.iterdir() if path.name != name]
    foreign.replace(folder / name)
    assert kept.find(FILES) is None
    assert ["cache_written", "cache_ignored"] == events(logs)


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_no_file_counts_as_none(kind: str, kept: Cache, folder: Path, tmp_path: Path, logs: list[Any]) -> None:
    """A link to a file, a folder or a pipe in place of a file is passed over, and nobody waits for it."""
    path = only(folder)
    path.replace(tmp_path / "elsewhere")
    match kind:
        case "link":
            path.symlink_to(tmp_path / "elsewhere")
        case "folder":
            path.mkdir()
        case _:
            os.mkfifo(path)
    assert kept.find(FILES) is None
    assert ["cache_ignored"] == events(logs)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720, 0o702])
def test_a_folder_that_others_may_write_is_refused(folder: Path, mode: int) -> None:
    """Whoever may write there could choose what is served: the server does not start, and says why and what to do."""
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(RefusedToStart, match=r"can be written by other users.*chmod 700") as caught:
        Cache(folder)
    assert "BAD_SETTING" == caught.value.reason


def test_a_folder_of_another_user_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that belongs to another user is refused."""
    folder.mkdir(mode=0o700)
    monkeypatch.setattr("licet.api.cache.os.geteuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(RefusedToStart, match="belongs to another user"):
        Cache(folder)


def test_what_cannot_be_a_folder_is_refused(tmp_path: Path) -> None:
    """A file in the place of the folder is refused in words."""
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(RefusedToStart, match="the cache cannot be used"):
            Cache(path)


def test_a_folder_that_cannot_be_written_keeps_nobody_from_serving(
    folder: Path, release: Release, monkeypatch: pytest.MonkeyPatch, logs: list[Any]
) -> None:
    """A full or read-only disk is logged; the release is served all the same, and nothing half written is left."""

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    made = Cache(folder)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        made.keep(FILES, release)
    assert ["cache_not_written"] == events(logs)
    assert [] == list(folder.iterdir())
    shutil.rmtree(folder)
    made.keep(FILES, release)
    assert made.find(FILES) is None
    assert ["cache_not_written"] * 2 == events(logs)


def _keep_often(folder: Path) -> None:
    made, release = Cache(folder), load_release(FILES)
    for _ in range(20):
        made.keep(FILES, release)


def test_two_processes_may_write_at_once(folder: Path, release: Release, logs: list[Any]) -> None:
    """While two processes write the same file again and again, whoever reads it finds it whole."""
    made = Cache(folder)
    made.keep(FILES, release)
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_keep_often, args=(folder,)) for _ in range(2)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert made.find(FILES) is not None
    assert [0, 0] == [writer.exitcode for writer in writers]
    assert ["cache_written"] == events(logs)
    assert only(folder).suffix == ".licet"


# ---- what is compared while it is served --------------------------------------------------------------------------------


def settled(releases: Releases, kept: Cache) -> list[bool]:
    """The cache is settled. What was announced."""
    announced: list[bool] = []

    async def run() -> None:
        async def announce(sound: bool) -> None:
            announced.append(sound)

        reloader = Reloader(
            folder=POLICIES, engine=ReferenceEngine, releases=releases, known=look(POLICIES), announce=announce, cache=kept
        )
        await reloader.run(0)

    asyncio.run(run())
    return announced


def tamper(folder: Path, old: bytes, new: bytes) -> None:
    """The file says something else, and its hash is right."""
    path = only(folder)
    head, _, body = path.read_bytes().partition(b"\n")
    text = unfold(body)
    assert old in text
    body = zlib.compress(text.replace(old, new))
    key = head.split()[2].decode()
    path.write_bytes(f"licet cache {key} {hashlib.sha256(body).hexdigest()}\n".encode() + body)


def test_a_sound_file_is_served_and_confirmed(kept: Cache, logs: list[Any]) -> None:
    """What is served comes from the file; a process apart finds the same in the sources, and nothing is swapped."""
    loaded = load(POLICIES, ReferenceEngine, kept)
    assert loaded.form
    releases = Releases(loaded)
    assert [] == settled(releases, kept)
    assert loaded is releases.active
    assert [{"log_level": "info", "event": "cache_confirmed", "release": loaded.release.digest}] == logs


def test_a_file_that_was_tampered_with_is_found_out(kept: Cache, folder: Path, release: Release, logs: list[Any]) -> None:
    """A file whose hash is right and whose law is wrong is served, found out, told as an error, and replaced with what it serves."""
    tamper(folder, b"Testland", b"Wrongland")
    loaded = load(POLICIES, ReferenceEngine, kept)
    assert "Wrongland" == loaded.release.packages["zz"].policy.name, "the digest says nothing of it"
    assert loaded.release.digest == release.digest
    releases = Releases(loaded)
    assert [] == settled(releases, kept)
    assert ["cache_wrong", "cache_written"] == events(logs)
    assert "error" == logs[0]["log_level"]
    assert [] == differences(release, releases.active.release)
    assert releases.active.matcher is not loaded.matcher
    found = kept.find(FILES)
    assert found is not None
    assert [] == differences(release, found.release)


def test_a_file_for_policies_with_faults_is_found_out(kept: Cache, tmp_path: Path, release: Release, logs: list[Any]) -> None:
    """No file is ever written for policies with faults: one that is there is forgotten, and told as a broken edit is."""
    faulty = shutil.copytree(POLICIES, tmp_path / "policies")
    (faulty / "zz" / "policy.yaml").write_bytes(FILES["zz/policy.yaml"].replace(b"jurisdiction: zz", b"jurisdiction: xx"))
    kept.keep(read_folder(faulty), release)
    loaded = load(faulty, ReferenceEngine, kept)
    releases = Releases(loaded)
    assert [False] == settled(releases, kept)
    assert loaded is releases.active, "as with an edit, what was served is served on"
    assert releases.broken is not None
    assert ["cache_written", "reload_failed"] == events(logs)
    assert kept.find(read_folder(faulty)) is None
    with pytest.raises(RefusedToStart):
        load(faulty, ReferenceEngine, kept)


_UNABLE: Final = {
    "it cannot be started": ("/nowhere/python",),
    "it fails": (sys.executable, "-c", "raise SystemExit(1)"),
    "it reads nothing": (sys.executable, "-c", "import os; os.close(0); print('x' * 64)"),
    "it is killed": (sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"),
    "it takes too long": (sys.executable, "-c", "import time; time.sleep(600)"),
    "it lies": (sys.executable, "-c", "import sys; sys.stdin.read(); print('0' * 64)"),
}


@pytest.mark.parametrize("command", _UNABLE.values(), ids=_UNABLE)
def test_where_no_process_can_say_it_is_compared_here(
    command: tuple[str, ...], kept: Cache, monkeypatch: pytest.MonkeyPatch, logs: list[Any]
) -> None:
    """The comparison does not hang on another process: the sources are compiled here, and served."""
    monkeypatch.setattr(afresh, "_COMMAND", command)
    monkeypatch.setattr(afresh, "_PATIENCE_SECONDS", 2.0)
    loaded = load(POLICIES, ReferenceEngine, kept)
    releases = Releases(loaded)
    assert [] == settled(releases, kept)
    assert ("cache_confirmed", "warning") == (logs[0]["event"], logs[0]["log_level"])
    assert "" == releases.active.form, "it was made from its sources"


def test_another_process_says_what_this_one_does(release: Release) -> None:
    """The process that compiles apart finds the stored form that the sources have here; of faulty ones it says nothing."""
    assert digest_of(dumps(release)) == asyncio.run(form_afresh(FILES))
    assert asyncio.run(form_afresh({})) is None


def test_a_server_that_stops_leaves_no_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A comparison that is cancelled ends its process at once."""
    said = tmp_path / "pid"
    program = f"import os, pathlib, time; pathlib.Path({str(said)!r}).write_text(f'{{os.getpid()}}.'); time.sleep(600)"
    monkeypatch.setattr(afresh, "_COMMAND", (sys.executable, "-c", program))

    async def run() -> None:
        asking = asyncio.create_task(form_afresh(FILES))
        while not (said.exists() and said.read_text().endswith(".")):  # noqa: ASYNC110  # a file tells nobody
            await asyncio.sleep(0.01)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    asyncio.run(run())
    with pytest.raises(ProcessLookupError):
        os.kill(int(said.read_text().rstrip(".")), 0)


def test_a_reload_is_kept(folder: Path, tmp_path: Path, logs: list[Any]) -> None:
    """An edit that takes the place of what is served is kept for the next start."""
    edited = shutil.copytree(POLICIES, tmp_path / "policies")
    made = Cache(folder)
    releases = Releases(load(edited, ReferenceEngine, made))

    async def announce(sound: bool) -> None:
        assert sound

    async def run() -> None:
        reloader = Reloader(
            folder=edited, engine=ReferenceEngine, releases=releases, known=look(edited), announce=announce, cache=made
        )
        (edited / "zz" / "policy.yaml").write_bytes(FILES["zz/policy.yaml"].replace(b"Testland", b"Testonia"))
        await reloader.step()
        await reloader.step()
        await reloader.run(0)

    asyncio.run(run())
    found = made.find(read_folder(edited))
    assert found is not None
    assert "Testonia" == found.release.packages["zz"].policy.name
    assert {"reloaded", "cache_written"} == set(events(logs))
