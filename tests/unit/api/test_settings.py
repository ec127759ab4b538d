from __future__ import annotations

import pytest

from licet.api.errors import RefusedToStart
from licet.api.settings import PREFIX, LogFormat, ServerSettings, read_settings
from licet.policy.folder import embedded_folder


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ServerSettings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)


def test_defaults_are_safe() -> None:
    """Told nothing, the server listens to this machine alone, with the policies it ships, and insists on screening."""
    settings = read_settings()
    assert ("127.0.0.1:50051", embedded_folder()) == (settings.listen, settings.policies)
    assert (True, 30) == (settings.decision.screening_required, settings.decision.screening_max_age_days)
    assert 16 * 1024 * 1024 == settings.max_message_bytes


def test_the_environment_sets_and_arguments_win(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable sets a setting; what is given by hand wins over it; an empty variable says nothing."""
    monkeypatch.setenv("LICET_LISTEN", "127.0.0.1:1")
    monkeypatch.setenv("LICET_LOG_FORMAT", "json")
    monkeypatch.setenv("LICET_POLICIES", "")
    settings = read_settings(listen="[::1]:2")
    assert ("[::1]:2", LogFormat.JSON) == (settings.listen, settings.log_format)
    assert embedded_folder() == settings.policies


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "0.0.0.0:65535", "[::]:50051", "[::1]:0"])
def test_an_address_and_a_port_is_where_to_listen(listen: str) -> None:
    """IPv4 and bracketed IPv6 addresses with a port are taken."""
    assert listen == read_settings(listen=listen).listen


BAD_ADDRESSES = (
    "",
    "50051",
    ":50051",
    "localhost:50051",
    "127.0.0.1",
    "127.0.0.1:",
    "127.0.0.1:65536",
    "127.0.0.1:-1",
    "127.0.0.1:5\u0660",
    "::1:50051",
    "[127.0.0.1]:1",
    "[::1]",
    "300.0.0.1:1",
    "unix:/run/licet",
)


@pytest.mark.parametrize("listen", BAD_ADDRESSES)
def test_anything_else_is_refused(listen: str) -> None:
    """A name, which may stand for several addresses, or half an address is refused with an example of a good one."""
    with pytest.raises(RefusedToStart, match=r"127\.0\.0\.1:50051") as caught:
        read_settings(listen=listen)
    assert "BAD_SETTING" == caught.value.reason


BAD = {
    "max_message_bytes": ("many", 0, -1),
    "max_concurrent_calls": (0, "1.5"),
    "default_deadline_seconds": (0, -1, "nan", "inf"),
    "drain_seconds": (-0.1, "nan"),
    "max_concurrent_streams": (0, "some"),
    "stream_window": (0, 1_001, "wide"),
    "stream_idle_seconds": (0, -1, "inf"),
    "reload_seconds": (-1, "nan", "often"),
    "engine": ("fast",),
    "screening_required": ("perhaps",),
    "screening_max_age_days": (-1, "a month"),
    "log_level": ("loud",),
    "log_format": ("xml",),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_a_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> None:
    """A setting that cannot be meant is refused under the name by which it was given."""
    monkeypatch.setenv(f"{PREFIX}{name.upper()}", str(value))
    with pytest.raises(RefusedToStart) as caught:
        read_settings()
    (fault,) = caught.value.faults
    assert fault.startswith(f"{PREFIX}{name.upper()} is ")


def test_all_bad_settings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults come all at once, misspelt variables among them."""
    monkeypatch.setenv("LICET_DRAIN_SECONDS", "-1")
    monkeypatch.setenv("LICET_SCREENING_REQUIRD", "false")
    with pytest.raises(RefusedToStart) as caught:
        read_settings(log_level="loud")
    named = {fault.split()[0] for fault in caught.value.faults}
    assert {"log_level", "LICET_DRAIN_SECONDS", "LICET_SCREENING_REQUIRD"} == named
    assert any("did you mean LICET_SCREENING_REQUIRED?" in fault for fault in caught.value.faults)


def test_other_variables_of_the_prefix_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Kubernetes puts into the environment of a service named licet is no setting."""
    monkeypatch.setenv("LICET_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("LICET_PORT", "tcp://10.0.0.1:50051")
    monkeypatch.setenv("LICET_PORT_50051_TCP_ADDR", "10.0.0.1")
    assert "127.0.0.1:50051" == read_settings().listen


def test_settings_do_not_change() -> None:
    """Settings are read once: nothing sets one later."""
    with pytest.raises(ValueError, match="frozen"):
        read_settings().listen = "127.0.0.1:1"
