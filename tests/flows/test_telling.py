"""People are told what concerns them, once, and a run is the same whether or not anybody listens."""

import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import duckdb
import polars as pl
import pytest

from flows.review import Decision, keep_beside
from flows.telling import announced
from tests.flows.small_evaluation import Desk, form
from xietong.errors import AuditFailedError, RejectedError, TargetError, UsageError, XietongError
from xietong.settings import Settings
from xietong.warehouse.late_units import late_units


class Group(ThreadingHTTPServer):
    """A group that keeps what it was told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[dict] = []

    @property
    def occasions(self) -> list[str]:
        return [message["occasion"] for message in self.told]


class _Handler(BaseHTTPRequestHandler):
    server: Group

    def do_POST(self) -> None:
        self.server.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def group(monkeypatch) -> Iterator[Group]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Group() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def desk(tmp_path, monkeypatch, group) -> Desk:
    monkeypatch.setattr("xietong.warehouse.late_units.late_units", lambda *_: _late([]))
    desk = Desk(tmp_path, monkeypatch)
    desk.set(notification_addresses=f"http://127.0.0.1:{group.server_port}/geheim", notification_seconds=5)
    return desk


def _late(rows: list[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"unit_code": pl.String, "period": pl.String}, orient="row")


def test_a_run_that_succeeds_says_nothing(desk, group) -> None:
    desk.run()
    desk.run()
    assert group.told == []


def test_a_failure_is_told_with_its_reason(desk, group) -> None:
    served = desk.run().release

    def fails(title: str, stage, /, *args, **kwargs):
        if title == "审核草稿":
            raise AuditFailedError("the draft may not be published: links: a.html")
        return Desk.run_stage(desk, title, stage, *args, **kwargs)

    desk.receive("500102.xlsx", form("500102", "涪陵区", 35.5))
    desk.run_stage = fails
    with pytest.raises(AuditFailedError):
        desk.run(period="2025-12")
    (message,) = group.told
    assert message["occasion"] == "run_failed"
    assert message["facts"] == {"period": "2025-12", "error": "AuditFailedError"}
    assert message["text"] == (
        f"【协同】chongqing 2025-12 运行失败，现在发布的是 {served}。\nthe draft may not be published: links: a.html"
    )


def test_a_failure_after_the_switch_names_what_is_served_now(desk, group, tmp_path) -> None:
    earlier = desk.run().release

    def fails(title: str, stage, /, *args, **kwargs):
        if title == "复制到发布目标":
            raise RuntimeError("broken")
        return Desk.run_stage(desk, title, stage, *args, **kwargs)

    desk.set(publishing_targets=str(tmp_path / "web"))
    desk.receive("500102.xlsx", form("500102", "涪陵区", 35.5))
    desk.run_stage = fails
    with pytest.raises(RuntimeError):
        desk.run()
    served = (desk.directory / "current").resolve().name
    assert served != earlier
    assert f"运行失败，现在发布的是 {served}。" in group.told[0]["text"]


def test_a_failure_beside_a_folder_in_the_place_of_the_link_names_no_release(desk, group) -> None:
    (desk.directory / "current").mkdir(parents=True)
    with pytest.raises(XietongError, match="is not the link"):
        desk.run()
    assert group.told[0]["text"].splitlines()[0] == "【协同】chongqing 最新一期 运行失败。"


def test_of_a_mistake_of_the_program_only_its_kind_is_told(desk, group) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("password geheim")

    desk.run_stage = fails
    with pytest.raises(RuntimeError):
        desk.run()
    assert group.told[0]["text"].endswith("运行失败，目前没有已发布的网站。\n程序错误 RuntimeError，详见运行日志")


@pytest.mark.parametrize("error", [UsageError("no such period"), RejectedError("rejected by 李"), KeyboardInterrupt()])
def test_what_somebody_did_is_no_failure_to_tell_of(desk, group, error) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    desk.run_stage = fails
    with pytest.raises(type(error)):
        desk.run()
    assert group.told == []


def test_a_target_that_failed_is_told_as_that(desk, group, tmp_path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    desk.set(publishing_targets=f"{tmp_path}/file/web")
    with pytest.raises(TargetError):
        desk.run()
    (message,) = group.told
    assert message["occasion"] == "target_failed"
    assert "已在本机发布，但未能复制到全部目标" in message["text"]
    assert str(tmp_path / "file") in message["text"]


def test_a_review_that_waits_is_told_before_it_is_decided(desk, group) -> None:
    told_before: list[list[str]] = []

    def review(draft) -> Decision:
        for _ in range(100):
            if group.told:
                break
            threading.Event().wait(0.02)
        told_before.append(group.occasions)
        return Decision("publish", "manual", "李", "同意")

    desk.set(review_address="http://10.0.0.5:8000/")
    release = desk.run(review=announced(desk.settings, review)).release
    assert told_before == [["review_waiting"]]
    assert f"草稿 {release} 待审核" in group.told[0]["text"]
    assert group.told[0]["text"].splitlines()[1:] == [
        "未处理：拒收 0 条，警告 1 条。",
        f"http://10.0.0.5:8000/releases/{release}/index.html",
    ]


def test_units_that_are_late_are_told_once(desk, group, monkeypatch) -> None:
    many = [(f"5001{number:02d}", "2025-Q3") for number in range(1, 21)]
    late = [*many, ("500101", "2025-12"), ("500000-liangjiang", "2025-12")]
    monkeypatch.setattr("xietong.warehouse.late_units.late_units", lambda *_: _late(late))
    desk.run()
    desk.run()
    (message,) = group.told
    assert message["occasion"] == "units_late"
    head, quarter, month = message["text"].splitlines()
    assert head == "【协同】chongqing 报送期限已过，以下单位尚未报送："
    assert quarter.startswith("2025-Q3：万州区、涪陵区、")
    assert quarter.endswith(" 等 20 个单位")
    assert month == "2025-12：万州区、两江新区"
    # Another one that is late is news.
    late.append(("500102", "2025-12"))
    desk.run()
    assert group.occasions == ["units_late", "units_late"]


def test_nobody_is_told_of_the_past(desk, group, monkeypatch) -> None:
    monkeypatch.setattr("xietong.warehouse.late_units.late_units", lambda *_: _late([("500101", "2025-12")]))
    desk.run(as_of=datetime(2026, 2, 1, tzinfo=UTC))
    desk.run(period="2025-06", review=keep_beside)
    assert group.told == []


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/geheim", "nonsense-geheim"])
def test_a_run_is_the_same_when_nobody_listens(desk, address, caplog, monkeypatch) -> None:
    monkeypatch.setattr("xietong.notification._PAUSES", (0.01,))
    monkeypatch.setattr("xietong.warehouse.late_units.late_units", lambda *_: _late([("500101", "2025-12")]))
    desk.set(notification_addresses=address)
    with caplog.at_level(logging.WARNING, logger="flows.telling"):
        assert desk.run().is_new is True
    (warning,) = caplog.messages
    assert warning.startswith("notification ")
    assert "geheim" not in warning
    # What nobody was told of is told by the next run.
    assert not list(desk.directory.glob("late-units*"))


def test_addresses_are_in_no_print_of_the_settings(desk) -> None:
    desk.set(notification_addresses="https://oapi.dingtalk.com/robot/send?access_token=geheim https://b.example/geheim")
    assert len(desk.settings.notification_addresses) == 2
    assert "geheim" not in f"{desk.settings!r} {desk.settings} {desk.settings.model_dump_json()}"


def test_settings_come_from_a_file_beside_too(tmp_path, monkeypatch) -> None:
    lines = ["XIETONG_NOTIFICATION_ADDRESSES='https://a.example/x https://b.example/y'", "PREFECT_API_URL=http://x/api"]
    (tmp_path / ".env").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert [address.get_secret_value() for address in Settings().notification_addresses] == [
        "https://a.example/x",
        "https://b.example/y",
    ]


def test_units_without_a_figure_of_a_closed_period_are_found(tmp_path) -> None:
    """January is closed and one of two units has sent it; February's deadline is to come."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("set timezone = 'UTC'; create schema reference; create schema intermediate")
        connection.execute(
            "create table reference.calendar as select * from (values "
            "('2025-12', 'month', 24311, timestamptz '2026-01-16'), ('2026-01', 'month', 24312, timestamptz '2026-02-16'), "
            "('2026-02', 'month', 24313, timestamptz '2026-03-16'), ('2025', 'year', 24311, timestamptz '2026-02-01'), "
            "('2024', 'year', 24299, null)) as t(period, frequency, last_month, deadline)"
        )
        connection.execute(
            "create table intermediate.int_figures_due as select * from (values "
            "('500101', 'pm25', '2026-01', true), ('500101', 'so2', '2026-01', false), ('500102', 'pm25', '2026-01', false), "
            "('500102', 'pm25', '2025-12', false), ('500101', 'gdp', '2025', false), ('500102', 'gdp', '2025', true), "
            "('500101', 'pm25', '2026-02', false)) as t(unit_code, indicator_code, period, has_arrived)"
        )
    assert late_units(path, datetime(2026, 3, 1, tzinfo=UTC)).rows() == [("500101", "2025"), ("500102", "2026-01")]
    assert late_units(path, datetime(2026, 3, 16, tzinfo=UTC)).rows() == [("500101", "2025"), ("500101", "2026-02")]
    assert late_units(path, datetime(2026, 1, 1, tzinfo=UTC)).rows() == []


def test_the_demonstration_has_no_unit_that_never_sent(demonstration) -> None:
    assert late_units(demonstration / "warehouse.duckdb", datetime(2026, 11, 23, tzinfo=UTC)).is_empty()
