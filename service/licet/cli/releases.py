"""`licet release`: make a release of a folder of policies, sign it, check it, publish it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from licet.cli.exits import Exit
from licet.cli.failing import failing
from licet.cli.release_diff import diff
from licet.cli.release_store import activate, list_, publish
from licet.ledger.notes import Signer
from licet.ledger.release_file import ReleaseFile, check_signed, confirmed
from licet.ledger.releases import ReleaseError, kept
from licet.ledger.verify import Key, VerificationError
from licet.policy.folder import SIGNED, embedded_folder, read_folder, read_statement
from licet.policy.release import load_release

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="""Make releases of policies, sign them, check them.

A release is the whole of a folder of policies, named by its digest. Who signs it says: this is the law to decide by.

[bold]licet release key board.pem --name example.com/export-board[/bold] makes a key, and board.pub for those who check.
[bold]licet release build policies -o 2026-11.release[/bold], then [bold]sign[/bold], then [bold]verify[/bold].
[bold]publish[/bold] puts it into a ledger, and [bold]activate[/bold] makes it what servers started with --published decide by.""",
)

app.command()(publish)
app.command()(activate)
app.command("list")(list_)
app.command()(diff)

Target = Annotated[Path, typer.Argument(metavar="PATH", help="A release file, or a folder of policies.")]


@app.command()
def key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the private key goes: board.pem. Keep it to yourself.")],
    *,
    name: Annotated[str, typer.Option(help="Who signs with it, such as example.com/export-board.")],
) -> None:
    """Make a key to sign with: FILE, and beside it the public key, under the same name with the ending .pub.

    Exit codes: 0 made, 2 there is such a file already, or the name cannot be used.
    """
    if not name or not name.isascii() or not name.isprintable() or set(name) & set(" +"):
        raise typer.BadParameter(f"--name is {name!r}; expected one without spaces and +, such as example.com/export-board")
    signer = Signer.new(name)
    with failing():
        _write_new(file, signer.pem(), 0o600)
        _write_new(_public(file), f"{signer.key}\n".encode(), 0o644)
    typer.echo(f"{file}: the private key of {name}; {_public(file)}: the public one")


@app.command()
def build(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Folder of policies. Without it, the ones that Licet ships.")
    ] = None,
    *,
    to: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write it.")],
) -> None:
    """Make one file of a folder of policies: sources and lowered trees, with a statement of what is in it. Prints the digest.

    The same policies make the same file. Exit codes: 0 made, 3 faults in the policies, 2 no such folder.
    """
    with failing(prefix=folder), _telling():
        file = _built(folder or embedded_folder())
        data = file.to_bytes()
        to.write_bytes(data)
    typer.echo(file.kept.digest)
    typer.echo(f"{to}: {len(data):,} bytes, {len(file.kept.packages)} packages, not signed", err=True)


@app.command()
def sign(
    path: Target,
    *,
    private: Annotated[Path, typer.Option("--key", metavar="PEM", help="The private key; its public key lies beside it.")],
) -> None:
    """Sign a release file, in place; or a folder of policies, whose signed statement is then DIR/release.sig.

    A folder is signed as it is now: any change of its law needs another signature, comments do not.

    Exit codes: 0 signed, 2 no such file or key, 3 faults in the policies, or a file that was changed.
    """
    with failing(prefix=path if path.is_dir() else None), _telling():
        signer = _signer(private)
        signed = (_built(path) if path.is_dir() else ReleaseFile.read(path.read_bytes())).signed(signer)
        if path.is_dir():
            (path / SIGNED).write_text(signed.note, encoding="utf-8")
        else:
            path.write_bytes(signed.to_bytes())
    typer.echo(f"{signed.kept.digest} signed by {signer.name}")


@app.command()
def verify(
    path: Target,
    *,
    public: Annotated[
        list[Path], typer.Option("--key", metavar="PUB", help="A public key; one of several is enough. May be repeated.")
    ],
) -> None:
    """Check who signed a release file or folder of policies, and that all of it is what was signed.

    A file's sources are compiled, and must make the digest and the very trees that it holds.

    Exit codes: 0 it is signed and whole, 1 it is not, 2 no such file or key, 3 faults in the policies.
    """
    with failing(prefix=path if path.is_dir() else None):
        try:
            keys = [_read_key(file) for file in public]
            digest = _checked_folder(path, keys) if path.is_dir() else _checked_file(path, keys)
        except (ReleaseError, VerificationError) as error:
            typer.echo(f"✗ {path}: {error}", err=True)
            raise typer.Exit(Exit.FAILED) from None
    typer.echo(f"✓ {path}: the release {digest} is whole, and signed by one of {', '.join(key.name for key in keys)}")


def _built(folder: Path) -> ReleaseFile:
    files = read_folder(folder)
    return ReleaseFile.of(kept(load_release(files), files))


def _checked_folder(folder: Path, keys: Sequence[Key]) -> str:
    digest = load_release(read_folder(folder)).digest
    check_signed(read_statement(folder), digest, keys)
    return digest


def _checked_file(path: Path, keys: Sequence[Key]) -> str:
    file = ReleaseFile.read(path.read_bytes())
    check_signed(file.note, file.kept.digest, keys)
    return confirmed(file.kept).digest


def _public(private: Path) -> Path:
    return private.with_suffix(".pub")


def _signer(private: Path) -> Signer:
    """Raises OSError, and `ReleaseError` where the two files hold no pair of keys."""
    try:
        public = Key.parsed(_public(private).read_text(encoding="utf-8"))
        signer = Signer.read(public.name, private)
    except (ValueError, TypeError, VerificationError) as error:
        raise ReleaseError(f"{private} and {_public(private)} hold no pair of keys: {error}") from None
    if signer.key != public:
        raise ReleaseError(f"{_public(private)} is not the public key of {private}")
    return signer


def _read_key(file: Path) -> Key:
    try:
        return Key.parsed(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, VerificationError) as error:
        raise VerificationError(f"{file} holds no public key: {error}") from None


def _write_new(file: Path, data: bytes, mode: int) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as handle:
        handle.write(data)


@contextmanager
def _telling() -> Iterator[None]:
    """A release that cannot be had ends the command."""
    try:
        yield
    except ReleaseError as error:
        typer.echo(f"RELEASE: {error}", err=True)
        raise typer.Exit(Exit.POLICY) from None


__all__ = ["app"]
