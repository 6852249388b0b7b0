"""The examples in deploy/: units that systemd accepts, containers that name what there is, variables that mean something."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import prefect.settings
import pytest
import yaml

from xietong.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
OTHERS = {"DO_NOT_TRACK", "GX_ANALYTICS_ENABLED", "PREFECT_SERVER_ANALYTICS_ENABLED", "PATH"}


def unknown(names: set[str]) -> set[str]:
    """Return the names of variables that neither this program nor Prefect reads."""
    own = {f"XIETONG_{name.upper()}" for name in Settings.model_fields}
    return {name for name in names - own - OTHERS if not hasattr(prefect.settings, name)}


def variables(text: str) -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", text, re.MULTILINE))


def test_there_is_a_unit_each_for_server_worker_and_site() -> None:
    assert [unit.stem for unit in UNITS] == ["xietong-server", "xietong-site", "xietong-worker"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_accepts_the_unit(unit, tmp_path) -> None:
    analyser = shutil.which("systemd-analyze")
    if analyser is None:
        pytest.skip("systemd is not installed")
    for each in UNITS:
        # Where it is installed here; systemd looks whether the programs exist.
        text = each.read_text(encoding="utf-8").replace("/opt/xietong", str(ROOT))
        (tmp_path / each.name).write_text(text, encoding="utf-8")
    done = subprocess.run([analyser, "verify", str(tmp_path / unit.name)], capture_output=True, text=True, timeout=60)
    own = [line for line in done.stderr.splitlines() if unit.stem in line]
    assert (done.returncode, own) == (0, [])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_the_unit_runs_an_installed_program_as_a_user_of_its_own(unit) -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str
    parser.read_string(unit.read_text(encoding="utf-8"))
    service = parser["Service"]
    assert service["User"] == "xietong"
    assert service["EnvironmentFile"] == "/etc/xietong/xietong.env"
    program = service["ExecStart"].split()[0].removeprefix("/opt/xietong/")
    assert (ROOT / program).exists()


def test_a_run_outlives_a_server_that_is_begun_again() -> None:
    """It bears one that is away; with a binding dependency systemd would end the worker together with the server."""
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str
    parser.read_string((DEPLOY / "systemd" / "xietong-worker.service").read_text(encoding="utf-8"))
    assert parser["Unit"]["Wants"] == parser["Unit"]["After"] == "xietong-server.service"
    assert not {"Requires", "BindsTo", "PartOf", "Requisite"} & set(parser["Unit"])


def test_every_variable_of_the_units_is_one_that_is_read() -> None:
    names = variables((DEPLOY / "systemd" / "xietong.env").read_text(encoding="utf-8"))
    assert len(names) > 6
    assert unknown(names) == set()
    assert unknown({"XIETONG_TYPO", "PREFECT_TYPO"}) == {"XIETONG_TYPO", "PREFECT_TYPO"}


def test_every_variable_of_the_guide_is_one_that_prefect_reads() -> None:
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    names = set(re.findall(r"\bPREFECT_[A-Z_]+", guide))
    assert {"PREFECT_SERVER_UI_API_URL", "PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_AUTH_STRING"} <= names
    assert unknown(names) == set()


def test_the_container_copies_what_there_is_and_all_that_a_run_needs() -> None:
    copied = {name for line in re.findall(r"^COPY (.+) \S+$", CONTAINERFILE, re.MULTILINE) for name in line.split()}
    assert [name for name in copied if not (ROOT / name).exists()] == []
    wheel = {"catalogue", "editions", "sql", "site", "data", "xietong", "flows", "transforms", "expectations"}
    assert wheel | {"prefect.yaml", "requirements", "pyproject.toml", "Makefile"} <= copied
    assert unknown(set(re.findall(r"\b([A-Z]+(?:_[A-Z]+)+)=", CONTAINERFILE))) == set()
    assert CONTAINERFILE.index("USER xietong") > CONTAINERFILE.index("RUN make .venv/run")


def test_the_services_open_loopback_ports_only_and_name_known_variables() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"database", "server", "worker", "site"}
    for name, service in services.items():
        # After the machine was begun again each comes back by itself, and not only what depends on the others.
        assert service["restart"] == "unless-stopped"
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
        assert set(service.get("depends_on", {})) <= set(services)
        own = {volume.partition(":")[0] for volume in service.get("volumes", [])}
        assert own <= set(COMPOSE["volumes"])
        if name != "database":
            assert unknown(set(service.get("environment", {}))) == set()
