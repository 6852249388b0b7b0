"""The command: what it prints, what it leaves, and the code it ends with."""

import os
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from cyclopts import CycloptsError

from flows.command_line import app, main, serve
from xietong.errors import UsageError

COMMAND = str(Path(sys.executable).with_name("xietong"))


def xietong(tmp_path, *words: str, **further: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "XIETONG_BUILD_DIRECTORY": str(tmp_path / "build"),
        "XIETONG_INBOX_DIRECTORY": str(tmp_path / "inbox"),
        "COLUMNS": "200",
        **further,
    }
    return subprocess.run([COMMAND, *words], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120)


def test_run_publishes_and_says_what_it_did(tmp_path, small_edition) -> None:
    ended = xietong(tmp_path, "run", "--edition", "provinces", **small_edition.environment())
    assert ended.returncode == 0, ended.stderr
    assert (small_edition.directory / "current" / "site" / "index.html").is_file()
    for words in ("files", "figures", "refused", "assessed", "not assessable", "site:"):
        assert words in ended.stdout


def test_out_puts_everything_generated_elsewhere(tmp_path, small_edition) -> None:
    words = ["run", "--edition", "provinces", "--out", str(tmp_path / "elsewhere")]
    ended = xietong(tmp_path, *words, **small_edition.environment())
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "elsewhere" / "provinces" / "current").is_symlink()
    assert not small_edition.settings.build_directory.exists()
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--edition", "beijing"], "there is no edition 'beijing'; there are: chongqing, chongqing-demo"),
        (["--edition", "chongqing-published", "--period", "2023-10"], "is evaluated by year, such as 2018"),
        (["--edition", "chongqing-published", "--period", "1949"], "1949 is outside"),
        (["--edition", "chongqing-demo", "--period", "10.2025"], "is not of the form 2025, 2025-Q3 or 2025-10"),
    ],
)
def test_usage_mistakes_are_one_sentence_and_code_2(tmp_path, words, told) -> None:
    ended = xietong(tmp_path, "run", *words)
    assert ended.returncode == 2
    assert told in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run"], 'Command "run" parameter --edition requires an argument. See: xietong run --help'),
        (["publish"], 'Unknown command "publish"'),
        (["gc", "--edition", "chongqing", "--keep", "few"], 'unable to convert "few" into int. See: xietong gc --help'),
        (["gc", "--edition", "beijing"], "there is no edition 'beijing'; there are: chongqing, chongqing-demo"),
        (["rollback", "--edition", "../chongqing", "--reason", "x"], "there is no edition '../chongqing'"),
        (["gc", "--edition", "chongqing"], "chongqing has no release in "),
        (["key", "--out", "/dev/null/keys"], "/dev/null/keys: Not a directory"),
    ],
)
def test_no_mistake_in_a_command_leaves_anything_or_takes_more_than_a_line(tmp_path, words, told) -> None:
    ended = xietong(tmp_path, *words)
    assert ended.returncode == (1 if words[0] == "key" else 2)
    assert told in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_is_not_allowed_is_named_without_its_value(tmp_path) -> None:
    (tmp_path / ".env").write_text("XIETONG_NOTIFICATION_ADRESSES=https://office/hook?token=secret", encoding="utf-8")
    ended = xietong(tmp_path, "releases", "--edition", "chongqing")
    assert ended.returncode == 2
    assert ended.stderr == (
        "XIETONG_NOTIFICATION_ADRESSES in .env is no setting; did you mean XIETONG_NOTIFICATION_ADDRESSES?\n"
    )


def test_an_address_that_cannot_be_listened_on_is_named(tmp_path, published, monkeypatch) -> None:
    monkeypatch.setenv("XIETONG_BUILD_DIRECTORY", str(published.parents[2]))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for port in (taken.getsockname()[1], 99_999):
            with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1:{port} .*; name another --port"):
                serve(edition="chongqing-published", port=port)


def test_the_version_is_that_of_the_package(tmp_path) -> None:
    assert xietong(tmp_path, "--version").stdout.strip() == version("xietong")


def test_an_edition_without_figures_publishes_what_is_missing(tmp_path) -> None:
    ended = xietong(tmp_path, "run", "--edition", "chongqing")
    assert ended.returncode == 0, ended.stderr
    current = tmp_path / "build" / "chongqing" / "current"
    assert (current / "site" / "index.html").is_file()


def test_nothing_valid_stops_before_publishing_with_code_1(tmp_path) -> None:
    inbox = tmp_path / "inbox" / "chongqing"
    inbox.mkdir(parents=True)
    (inbox / "500101_2025.xlsx").write_bytes(b"PK\x03\x04 this is no workbook")
    ended = xietong(tmp_path, "run", "--edition", "chongqing")
    assert ended.returncode == 1
    assert "500101_2025.xlsx" in ended.stderr
    assert not (tmp_path / "build" / "chongqing" / "current").exists()
    kept = list((tmp_path / "build" / "snapshots").glob("*/*.bytes"))
    assert [path.read_bytes() for path in kept] == [b"PK\x03\x04 this is no workbook"]


def test_check_names_the_catalogues_and_finds_no_mistake(tmp_path) -> None:
    ended = xietong(tmp_path, "check")
    assert ended.returncode == 0, ended.stdout
    assert "28 articles" in ended.stdout
    assert "39 scored" in ended.stdout
    assert "no mistakes" in ended.stdout


def test_serve_without_a_release_says_what_to_run(tmp_path) -> None:
    ended = xietong(tmp_path, "serve", "--edition", "chongqing")
    assert ended.returncode == 2
    assert "xietong run --edition chongqing" in ended.stderr


@pytest.mark.parametrize("runs", ["10.5", "1e3", "many", ""])
def test_a_number_that_is_not_whole_is_refused_and_never_rounded(runs) -> None:
    words = ["study", "--data", "d.csv", "--framework", "f.csv", "--out", "o", "--runs", runs]
    with pytest.raises(CycloptsError) as refused:
        app(words, exit_on_error=False, print_error=False)
    assert str(refused.value) == f"Invalid value for --runs: {runs!r} is not a whole number."


def test_study_runs_the_engine_on_other_tables(tmp_path) -> None:
    (tmp_path / "data.csv").write_text("uName,uCode,a,b\nFirst,F,1,10\nSecond,S,2,30\nThird,T,4,20\n", encoding="utf-8")
    (tmp_path / "framework.csv").write_text(
        "Level,iCode,iName,Direction,Weight,Unit,Target,Denominator,Parent,Type\n"
        "1,a,A,1,1,kg,,,top,Indicator\n1,b,B,1,1,kg,,,top,Indicator\n2,top,Top,1,1,,,,,Aggregate\n",
        encoding="utf-8",
    )
    words = ["--data", "data.csv", "--framework", "framework.csv", "--out", "study", "--runs", "50"]
    ended = xietong(tmp_path, "study", *words)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "study" / "ranks.csv").read_text(encoding="utf-8").splitlines()[0].startswith("uCode")
    assert (tmp_path / "study" / "report.html").is_file()
    refused = xietong(tmp_path, "study", *words, "--normalise", "furlong")
    assert refused.returncode == 2
    assert "allowed are minmax" in refused.stderr


def stopped(monkeypatch, capsys, *words: str) -> str:
    """Return what a command says that is stopped with Ctrl-C."""
    monkeypatch.setattr("sys.argv", ["xietong", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    return capsys.readouterr().err


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.filterwarnings("ignore:Cyclopts application invoked")
def test_a_run_that_is_stopped_after_the_switch_says_what_is_served_now(monkeypatch, capsys, small_edition) -> None:
    for name, value in small_edition.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("flows.evaluation._copy", interrupt)
    told = stopped(monkeypatch, capsys, "run", "--edition", "provinces")
    assert told.endswith(f"stopped; {(small_edition.directory / 'current').resolve().name} is served, whole\n")


@pytest.mark.filterwarnings("ignore:Cyclopts application invoked")
def test_a_rollback_that_is_stopped_says_what_is_served_and_others_say_nothing_of_it(
    monkeypatch, capsys, tmp_path
) -> None:
    (tmp_path / "chongqing").mkdir()
    monkeypatch.setattr("flows.release_commands.roll_back", interrupt)
    monkeypatch.setattr("flows.release_commands.releases_of", interrupt)
    words = ["--edition", "chongqing", "--out", str(tmp_path)]
    assert stopped(monkeypatch, capsys, "rollback", "--reason", "x", *words) == "stopped; nothing is served yet\n"
    assert stopped(monkeypatch, capsys, "releases", *words) == "stopped\n"
