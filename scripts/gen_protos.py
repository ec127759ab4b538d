"""Generate the Python stubs of the API in `service/licet/v1` from `proto/licet/v1`.

`--check` generates into a temporary folder instead, compares, and exits with 1 on drift.
The Google protos that the API imports are kept under `third_party/googleapis`, copied from the installed
`googleapis-common-protos`, so that `buf lint` and `buf breaking` work without network.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

import grpc_tools
from google.type import date_pb2
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
THIRD_PARTY = Path("third_party/googleapis")
STUBS = Path("service/licet/v1")
GOOGLEAPIS = Path(date_pb2.__file__).parent.parent.parent
WELL_KNOWN = Path(grpc_tools.__file__).parent / "_proto"
GOOGLE_IMPORT = re.compile(r'^import "(google/(?!protobuf/)[^"]+)";', re.MULTILINE)
SERVICE = re.compile(r"^service ", re.MULTILINE)
GENERATED = ("*_pb2.py", "*_pb2.pyi", "*_pb2_grpc.py")


def main() -> int:
    """Return the exit code: 0 when the stubs are written or, with `--check`, already right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        wanted = contents(Path(folder))
    return check(wanted) if arguments.check else write(wanted)


def check(wanted: dict[str, bytes]) -> int:
    """Return 1, naming each file, if what is in the repository differs from what is wanted."""
    stale = drift(wanted)
    for name in stale:
        print(f"{name}: out of date, run scripts/gen_protos.py", file=sys.stderr)
    return 1 if stale else 0


def write(wanted: dict[str, bytes]) -> int:
    """Bring the repository in line with what is wanted, touching only what differs; return 0."""
    for name in drift(wanted):
        path = ROOT / name
        if name in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(wanted[name])
        else:
            path.unlink()
    return 0


def drift(wanted: dict[str, bytes]) -> list[str]:
    """Return the paths whose contents in the repository differ, or that only one side has."""
    found = contents(ROOT)
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def generate(root: Path) -> None:
    """Write the stubs and the copied Google protos under `root`; exit if a proto does not compile."""
    copy_google_protos(root / THIRD_PARTY)
    service = root / STUBS.parts[0]
    service.mkdir(parents=True, exist_ok=True)
    arguments = [
        "protoc",
        f"--proto_path={PROTO}",
        f"--proto_path={root / THIRD_PARTY}",
        f"--proto_path={WELL_KNOWN}",
        f"--python_out={service}",
        f"--pyi_out={service}",
        f"--grpc_python_out={service}",
        *(str(path.relative_to(PROTO)) for path in protos()),
    ]
    if code := protoc.main(arguments):
        sys.exit(code)
    drop_empty_grpc_stubs(root)


def protos() -> list[Path]:
    """Return the API's own protos, in order."""
    return sorted(PROTO.rglob("*.proto"))


def copy_google_protos(target: Path) -> None:
    """Copy each Google proto that the API imports, and nothing else; they import only well-known types."""
    names = {name for path in protos() for name in GOOGLE_IMPORT.findall(path.read_text("utf-8"))}
    for name in sorted(names):
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(GOOGLEAPIS / name, copy)


def drop_empty_grpc_stubs(root: Path) -> None:
    """Delete the gRPC stubs of protos that have no service; protoc writes one for every file."""
    for path in protos():
        if not SERVICE.search(path.read_text("utf-8")):
            (root / STUBS / f"{path.stem}_pb2_grpc.py").unlink()


def contents(root: Path) -> dict[str, bytes]:
    """Return every file under `root` that this script writes, by relative path."""
    paths = [path for pattern in GENERATED for path in (root / STUBS).glob(pattern)]
    paths += (root / THIRD_PARTY).rglob("*.proto")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


if __name__ == "__main__":
    sys.exit(main())
