"""The image and the compose file, as far as they can be tried without a container engine."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from sqlalchemy import make_url

from licet.api.settings import PREFIX, ServerSettings, read_settings
from licet.cli.shipment import read_shipment
from licet.client import Client
from licet.v1 import outcome_pb2
from tests.support.containerfile import Image
from tests.support.servers import PATIENCE, Server

ROOT: Final = Path(__file__).resolve().parents[2]
CONTAINERFILE: Final = ROOT / "deploy" / "Containerfile"
COMPOSE: Final = ROOT / "deploy" / "compose.yaml"
WHOLE: Final = "LICET_TEST_IMAGE_WHOLE"
"""Set, everything is built and installed as the image does it, which needs the package index and takes minutes. Else the wheel of
Licet alone is built and installed; what it depends on is that of these tests."""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """What the Containerfile makes."""
    whole = bool(os.environ.get(WHOLE))
    pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    made = Image(
        ROOT, tmp_path_factory.mktemp("image"), pip if whole else pip | {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    )
    made.build(CONTAINERFILE.read_text())
    if not whole:
        (packages,) = made.place("/opt/licet/lib").glob("python*/site-packages")
        (packages / "of_the_tests.pth").write_text(sysconfig.get_path("purelib"))
    return made


@pytest.fixture
def served(image: Image) -> Iterator[Server]:
    """The image's command, on a port of ours, with nothing of the environment but what the image sets."""
    server = Server.run(image.command, image.env | {"LICET_LISTEN": "127.0.0.1:0"}, image.root)
    yield server
    server.close()


def _run(image: Image, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=image.env, cwd=image.root, capture_output=True, text=True, check=False, timeout=PATIENCE)


def test_the_image_serves_the_policies_that_it_brings(image: Image, served: Server) -> None:
    """Installed without sources, compiler or pip, it decides by the shipped policies, records in its folder, and stops as told."""
    assert not image.place("/src").exists()
    assert not list(image.place("/opt/licet/bin").glob("pip*"))
    shipment = read_shipment(ROOT / "examples" / "06-us-pump-to-brazil.yaml")
    with Client(served.address) as client:
        assert outcome_pb2.DISPOSITION_PROCEED == client.evaluate(shipment.request).result.disposition
    health = [word.replace("127.0.0.1:50051", served.address) for word in image.health]
    assert health != image.health
    assert 0 == _run(image, *health).returncode
    assert 0 == served.stop(signal.SIGTERM)
    assert image.place("/var/lib/licet/licet.db").is_file()
    found = _run(image, "python", "-c", "import licet; print(licet.__file__)")
    assert found.stdout.startswith(str(image.place("/opt/licet")))
    assert 0 == _run(image, "licet-verify", "--help").returncode


def test_the_image_runs_as_nobody_who_matters(image: Image) -> None:
    """Its user is a number, as orchestrators want it, and not root's; only the package manager's step was not tried here."""
    assert re.fullmatch(r"[1-9]\d{4,}:[1-9]\d{4,}", image.user)
    assert [image.env["LICET_DATA"]] == [str(image.place(volume)) for volume in image.volumes]
    assert [line for line in image.skipped if "apt-get" not in line] == []
    assert any(f"--chown={image.user} /var/lib/licet" in line for line in image.done)


def test_the_settings_of_the_image_are_settings(image: Image) -> None:
    """Each variable that it sets is known, and its value is taken."""
    _check_settings({name: value for name, value in image.env.items() if name.startswith(PREFIX)})


def _check_settings(variables: dict[str, str]) -> ServerSettings:
    names = {f"{PREFIX}{name.upper()}": name for name in ServerSettings.model_fields}
    assert set(variables) <= set(names)
    return read_settings(**{names[name]: value for name, value in variables.items()})


# ---- compose ------------------------------------------------------------------------------------------------------------


def _compose() -> Any:
    """The compose file, with its variables as if each had been set to its own name or left at what it says."""
    text = re.sub(r"\$\{(\w+)(?::([-?])([^}]*))?\}", lambda m: m[3] if m[2] == "-" else m[1], COMPOSE.read_text())
    return yaml.safe_load(text)


def test_the_compose_file_says_what_the_image_and_the_server_know() -> None:
    """Its replicas are alike but for their data, have settings that exist, and a database, secret and volumes that it defines."""
    made = _compose()
    replicas = {name: service for name, service in made["services"].items() if service["image"] == "licet"}
    assert 2 == len(replicas)
    apart = [{key: value for key, value in service.items() if key != "volumes"} for service in replicas.values()]
    assert apart[0] == apart[1]
    data = [volume.partition(":") for service in replicas.values() for volume in service["volumes"]]
    assert {"/var/lib/licet"} == {target for _, _, target in data}
    assert len(replicas) == len({name for name, _, _ in data})
    assert {name for name, _, _ in data} < set(made["volumes"])
    service = next(iter(replicas.values()))
    assert CONTAINERFILE == (COMPOSE.parent / service["build"]["context"] / service["build"]["dockerfile"]).resolve()
    settings = _check_settings(service["environment"])
    database, url = made["services"]["database"], make_url(settings.database)
    assert "postgresql+psycopg" == url.drivername
    assert url.get_dialect()
    assert (url.username, url.password, url.database) == tuple(
        database["environment"][f"POSTGRES_{n}"] for n in ("USER", "PASSWORD", "DB")
    )
    assert made["services"][str(url.host)] is database
    assert ["database"] == list(service["depends_on"])
    assert [str(settings.signing_key)] == [f"/run/secrets/{name}" for name in service["secrets"]]
    assert set(service["secrets"]) == set(made["secrets"])
