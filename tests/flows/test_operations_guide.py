"""docs/operations.md is run: its blocks in their order, in a folder that looks like a fresh installation.

Four things differ from what a reader does: the installed environment is reused, the ports are free ones, server and
worker look for work more often, and the two services that the guide starts in shells of their own are started beside
and ended by process id.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from tests.flows.prefect_servers import ROOT, environment_of, free_port, process, wait_for_server
from xietong.settings import Settings

GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```sh ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: On a quiet machine the longest takes a minute; on a busy one everything takes several times as long.
BLOCK_SECONDS = 600
#: Why a block is not run here; what its commands name must exist all the same.
NOT_RUN = {
    "install": "it installs packages or services of the system",
    "office": "it needs PostgreSQL, other machines or an address of the office; other tests start the first two",
}


@dataclass(frozen=True)
class Block:
    """A block of commands with the word behind ``sh``."""

    word: str
    commands: str


BLOCKS = [Block(word, commands) for word, commands in BLOCK.findall(GUIDE)]


@pytest.fixture(scope="module")
def installation(tmp_path_factory) -> Path:
    """Return a folder with the files of the project and its environment, and nothing generated."""
    folder = tmp_path_factory.mktemp("installation")
    for path in ROOT.iterdir():
        if path.name not in {"build", "inbox", "dist", ".git", ".venv", ".env"}:
            (folder / path.name).symlink_to(path)
    # Where the environment of the tests is another, it is the one that a reader would have installed.
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


class Shell:
    """A shell that keeps its variables from one block to the next."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.variables = environment

    def run(self, commands: str) -> None:
        kept = self.folder / "build" / ".variables"
        kept.parent.mkdir(exist_ok=True)
        script = f"set -eu\n{commands}\nenv --null > {shlex.quote(str(kept))}\n"
        log = self.folder / "build" / ".said"
        with log.open("wb") as output:
            # A session of its own, so that what a block has started ends with it when its time is over.
            started = subprocess.Popen(
                ["bash", "-c", script],
                cwd=self.folder,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            try:
                code = started.wait(timeout=BLOCK_SECONDS)
            finally:
                if started.returncode is None:
                    os.killpg(started.pid, signal.SIGKILL)
                    started.wait(timeout=10)
        assert code == 0, f"{commands}\n{log.read_text(encoding='utf-8', errors='replace')[-4000:]}"
        pairs = [pair.partition("=") for pair in kept.read_text(encoding="utf-8").split("\0") if pair]
        self.variables = {name: value for name, _, value in pairs}


@pytest.fixture(scope="module")
def shell(installation) -> Shell:
    given = environment_of(installation)
    own = {name: value for name, value in given.items() if not name.startswith(("PREFECT_", "XIETONG_"))}
    # Both look for work once in a while, and the test need not wait as long as a reader does.
    impatient = {"PREFECT_WORKER_QUERY_SECONDS": "0.5", "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "3"}
    return Shell(installation, own | impatient | {"HOME": str(installation / "home")})


@pytest.fixture(scope="module")
def services() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def served(folder: Path, edition: str) -> str:
    return (folder / "build" / edition / "current").resolve().name


@pytest.mark.server
@pytest.mark.long
@pytest.mark.timeout(2400)
def test_the_guide_leads_from_an_installation_to_a_scheduled_run_and_back(installation, shell, services) -> None:
    port = str(free_port())
    seen = []
    for block in BLOCKS:
        if block.word in NOT_RUN:
            continue
        commands = block.commands.replace("4200", port)
        if block.word == "background":
            log = installation / "build" / f"service-{len(seen)}.log"
            started = services.enter_context(
                process(["bash", "-c", f"exec {commands}"], shell.variables, log, installation)
            )
            wait_for_server(shell.variables["PREFECT_API_URL"], started, log)
        else:
            shell.run(commands)
        seen.append(served(installation, "chongqing-published")[:4])
    # Published 2023, then 2024; taken back to 2023, then 2024 again with a signature.
    changes = [after for before, after in pairwise(["curr", *seen]) if after != before]
    assert changes == ["2023", "2024", "2023", "2024"]
    history = (installation / "build" / "chongqing-published" / "publications.jsonl").read_text(encoding="utf-8")
    assert history.count('"rolled_back"') == 1
    assert '"reviewer": "张三"' in (installation / "build" / "chongqing" / "publications.jsonl").read_text(
        encoding="utf-8"
    )
    assert list((installation / "build" / "chongqing-published" / "backfills").glob("*_2020_2024/2023/*.parquet"))


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.word in NOT_RUN], ids=lambda block: block.word)
def test_what_is_not_run_names_files_and_programs_that_exist(block) -> None:
    words = [word for line in block.commands.replace("&&", "\n").splitlines() for word in shlex.split(line)]
    files = [word for word in words if word.startswith(("deploy/", "requirements/", ".venv/bin/"))]
    targets = [word for word in words if word.startswith(".venv/") and not word.startswith(".venv/bin/")]
    assert [name for name in files if not (ROOT / name).exists()] == []
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [target for target in targets if f"\n{target}:" not in makefile] == []


def test_every_block_is_run_or_has_its_reason() -> None:
    assert {block.word for block in BLOCKS} <= {"", "background", *NOT_RUN}
    assert GUIDE.count("\n```sh") == len(BLOCKS)
    assert len([block for block in BLOCKS if block.word not in NOT_RUN]) > 12


def test_every_setting_of_the_guide_exists_and_every_image_has_words() -> None:
    named = {name.removeprefix("XIETONG_").lower() for name in re.findall(r"\bXIETONG_[A-Z_]+", GUIDE)}
    assert named <= set(Settings.model_fields)
    for words, image in re.findall(r"!\[(.*?)\]\((.*?)\)", GUIDE):
        assert len(words) > 20
        assert (ROOT / "docs" / image).stat().st_size <= 120_000
