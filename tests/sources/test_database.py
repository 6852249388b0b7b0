"""Tables of a real PostgreSQL, and SQLite files: what is new is read once, what goes wrong stays with the source."""

import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from xietong.catalogue import Source
from xietong.sources import SnapshotStore
from xietong.sources.arrivals import SourceError
from xietong.sources.extracts import field_text
from xietong.sources.pulling import Pulled, pull

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TABLE = """create table figures (unit text, indicator text, period text, value numeric, changed_at timestamptz)"""
ROW = "insert into figures values ('{}', 'so2', '2026-09', {}, '{}')"


@pytest.fixture
def exchange(connected, postgres) -> Callable[..., Source]:
    """Return the builder of a source that reads the table figures by its watermark."""

    def build(**changes: object) -> Source:
        connection = {"kind": "database", "url_variable": "EXCHANGE_URL", "table": "figures", "watermark": "changed_at"}
        merged = {key: value for key, value in (connection | changes).items() if value is not None}
        return connected(merged)

    return build


@pytest.fixture
def puller(postgres, tmp_path) -> Callable[..., Pulled]:
    """Return a function that pulls a source from the server, a day later each time."""
    moments = (NOW + timedelta(days=day) for day in range(100))

    def run(source: Source, url: str | None = None) -> Pulled:
        environment = {"EXCHANGE_URL": url or postgres.url()}
        store = SnapshotStore(tmp_path / "snapshots")
        return pull(source, store, tmp_path / "state", now=next(moments), environment=environment)

    return run


def lines(pulled: Pulled, tmp_path: Path, index: int = -1) -> list[str]:
    """Return the lines of a file that was pulled, without the header."""
    store = SnapshotStore(tmp_path / "snapshots")
    return store.read(pulled.snapshots[index].sha256).decode().splitlines()[1:]


def test_only_rows_after_the_watermark_are_read(exchange, puller, postgres, tmp_path):
    postgres.execute(TABLE, ROW.format("500101", 1.5, "2026-11-01"), ROW.format("500102", 2.5, "2026-11-02"))
    first = puller(exchange())
    assert (first.status, first.added, len(lines(first, tmp_path))) == ("new", 1, 2)
    nothing = puller(exchange())
    assert (nothing.status, nothing.added, nothing.message_en) == ("unchanged", 0, "nothing new")
    postgres.execute(ROW.format("500103", 3.5, "2026-11-03"))
    second = puller(exchange())
    assert lines(second, tmp_path) == ['"500103","so2","2026-09","3.5","2026-11-03 00:00:00+00:00"']
    assert len(second.snapshots) == 2


def test_a_late_row_with_an_equal_watermark_is_not_lost(exchange, puller, postgres, tmp_path):
    postgres.execute(TABLE, ROW.format("500101", 1, "2026-11-01 08:00+08"))
    puller(exchange())
    postgres.execute(ROW.format("500102", 2, "2026-11-01 08:00+08"))
    assert lines(puller(exchange()), tmp_path) == ['"500102","so2","2026-09","2","2026-11-01 00:00:00+00:00"']


def test_a_late_row_without_a_watermark_is_not_lost(exchange, puller, postgres, tmp_path):
    postgres.execute(TABLE, ROW.format("500101", 1, "2026-11-01"))
    puller(exchange())
    postgres.execute("insert into figures values ('500102', 'so2', '2026-09', 2, null)")
    assert lines(puller(exchange()), tmp_path) == ['"500102","so2","2026-09","2",""']


@pytest.mark.parametrize("moment", ["infinity", "-infinity", "20000-01-01", "0044-03-15 BC"])
def test_a_moment_that_no_calendar_of_ours_has_is_refused_and_not_waited_for(exchange, puller, postgres, moment):
    postgres.execute(TABLE, ROW.format("500101", 1, "2026-11-01"), ROW.format("500102", 2, moment))
    pulled = puller(exchange())
    assert (pulled.status, pulled.added) == ("refused", 0)
    assert "a value that cannot be read" in pulled.message_en


@pytest.mark.parametrize("kind", ["text", "double precision"])
def test_a_column_of_another_type_gives_the_same_texts(exchange, puller, postgres, tmp_path, kind):
    postgres.execute(TABLE, ROW.format("500101", 1.5, "2026-11-01"))
    puller(exchange())
    postgres.execute(f"alter table figures alter value type {kind}", ROW.format("500102", 2.5, "2026-11-02"))
    assert lines(puller(exchange()), tmp_path) == ['"500102","so2","2026-09","2.5","2026-11-02 00:00:00+00:00"']


def test_a_view_whose_column_was_renamed_is_refused_and_what_was_read_stays(exchange, puller, postgres):
    postgres.execute(TABLE, ROW.format("500101", 1, "2026-11-01"), "create view shown as select * from figures")
    assert puller(exchange(table="shown")).status == "new"
    postgres.execute('alter view shown rename value to "amount"')
    pulled = puller(exchange(table="shown"))
    assert (pulled.status, len(pulled.snapshots)) == ("refused", 1)
    postgres.execute('alter view shown rename amount to "value"')
    assert puller(exchange(table="shown")).status == "unchanged"


def test_a_row_committed_late_is_found_within_the_overlap(exchange, puller, postgres, tmp_path):
    source = exchange(overlap=3600)
    postgres.execute(TABLE, ROW.format("500101", 1, "2026-11-01 08:00Z"))
    puller(source)
    postgres.execute(ROW.format("500102", 2, "2026-11-01 07:30Z"), ROW.format("500103", 3, "2026-11-01 06:59Z"))
    assert [line[1:7] for line in lines(puller(source), tmp_path)] == ["500102"]
    assert puller(source).status == "unchanged"


def test_a_revised_row_comes_again_and_the_first_edition_stays(exchange, puller, postgres, tmp_path):
    postgres.execute(TABLE, ROW.format("500101", 1, "2026-11-01"))
    puller(exchange())
    postgres.execute("update figures set value = 1.25, changed_at = '2026-11-05'")
    revised = puller(exchange())
    assert lines(revised, tmp_path) == ['"500101","so2","2026-09","1.25","2026-11-05 00:00:00+00:00"']
    assert lines(revised, tmp_path, 0) == ['"500101","so2","2026-09","1","2026-11-01 00:00:00+00:00"']
    postgres.execute("update figures set value = 1.75")
    assert lines(puller(exchange()), tmp_path) == ['"500101","so2","2026-09","1.75","2026-11-05 00:00:00+00:00"']


def test_nulls_and_numerics_keep_their_meaning(exchange, puller, postgres, tmp_path):
    digits = "123456789012345678901234567890.123456789012345678901234567890"
    postgres.execute(
        TABLE,
        ROW.format("500101", digits, "2026-11-01"),
        ROW.format("500102", "null", "2026-11-01"),
        ROW.format("500103", "'NaN'", "2026-11-01"),
        ROW.format("500104", "0.000000000000000000000000000001", "2026-11-01"),
        "insert into figures values ('say \"yes\", 万州\n区', null, '2026-09', 1, null)",
    )
    read = puller(exchange())
    values = {line[1:7]: line.split(",")[3] for line in lines(read, tmp_path) if line.startswith('"500')}
    assert values == {
        "500101": f'"{digits}"',
        "500102": '""',
        "500103": '"NaN"',
        "500104": '"0.000000000000000000000000000001"',
    }
    data = SnapshotStore(tmp_path / "snapshots").read(read.snapshots[0].sha256).decode()
    assert '"say ""yes"", 万州\n区","","2026-09","1",""\n' in data
    # A row without a watermark is asked for every time, and known.
    assert puller(exchange()).status == "unchanged"


@pytest.mark.parametrize("kind", ["timestamptz", "timestamp", "date"])
def test_moments_do_not_shift_with_the_session(exchange, puller, postgres, tmp_path, kind):
    postgres.execute("alter role owner set timezone = 'Asia/Shanghai'")
    postgres.execute(TABLE.replace("timestamptz", kind), ROW.format("500101", 1, "2026-11-01"))
    first = lines(puller(exchange()), tmp_path)
    written = {"timestamptz": "2026-10-31 16:00:00+00:00", "timestamp": "2026-11-01 00:00:00", "date": "2026-11-01"}
    assert first == [f'"500101","so2","2026-09","1","{written[kind]}"']
    postgres.execute(ROW.format("500102", 2, "2026-11-01"))
    postgres.execute("alter role owner reset timezone")
    assert [line[1:7] for line in lines(puller(exchange()), tmp_path)] == ["500102"]
    assert puller(exchange()).status == "unchanged"


@pytest.mark.parametrize("kind", ["smallint", "bigint", "numeric"])
def test_numbers_can_be_watermarks(exchange, puller, postgres, tmp_path, kind):
    postgres.execute(TABLE.replace("timestamptz", kind), ROW.format("500101", 1, 32_000))
    puller(exchange(overlap=10))
    postgres.execute(ROW.format("500102", 2, 31_990), ROW.format("500103", 2, 31_989), ROW.format("500104", 2, 32_001))
    assert [line[1:7] for line in lines(puller(exchange(overlap=10)), tmp_path)] == ["500102", "500104"]


def test_a_double_is_no_watermark(exchange, puller, postgres):
    postgres.execute(TABLE.replace("timestamptz", "double precision"), ROW.format("500101", 1, 1.5))
    pulled = puller(exchange())
    assert (pulled.status, pulled.findings["reference"].item()) == ("refused", "timestamp, date, integer, numeric")


def test_hostile_names_are_names(connected, puller, postgres, tmp_path):
    table, column = 'figures"; drop table figures; --', "value%(x)s:y '\";"
    quoted = '"' + table.replace('"', '""') + '"', '"' + column.replace('"', '""') + '"'
    postgres.execute(
        TABLE,
        'create schema "1; drop"',
        f'create table "1; drop".{quoted[0]} (unit text, indicator text, period text, {quoted[1]} int)',
        f"insert into \"1; drop\".{quoted[0]} values ('500101', 'so2', '2026-09', 7)",
    )
    source = connected(
        {"kind": "database", "url_variable": "EXCHANGE_URL", "table": table, "table_schema": "1; drop"},
        columns={"unit": "unit", "indicator": "indicator", "period": "period", "value": column},
    )
    assert lines(puller(source), tmp_path) == ['"500101","so2","2026-09","7"']
    postgres.execute("select * from figures")


def test_a_statement_is_read_with_its_colons_and_comments(exchange, puller, postgres, tmp_path):
    postgres.execute(TABLE, ROW.format("500101", 1, "2026-11-01 10:30Z"))
    statement = """
        with late as (select * from figures where changed_at::text like '%10:30:00%' and 'a :b' <> 'c')
        select unit, indicator, period, value * 2 as value, changed_at from late -- the end"""
    assert lines(puller(exchange(table=None, statement=statement)), tmp_path) == [
        '"500101","so2","2026-09","2","2026-11-01 10:30:00+00:00"'
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "select 1) as pulled; drop table figures; --",
        "with gone as (delete from figures returning *) select * from gone",
        "select unit, indicator, period, value, changed_at from drop_figures()",
    ],
)
def test_nothing_can_be_changed_through_a_statement(exchange, puller, postgres, statement):
    postgres.execute(
        TABLE,
        ROW.format("500101", 1, "2026-11-01"),
        "create function drop_figures() returns setof figures language plpgsql as "
        "$$ begin delete from figures; return query select * from figures; end $$",
    )
    assert puller(exchange(table=None, statement=statement)).status == "refused"
    assert puller(exchange()).added == 1


def test_a_wrong_password_is_told_without_it(exchange, puller, postgres, tmp_path):
    postgres.execute(TABLE, ROW.format("500101", 1, "2026-11-01"))
    puller(exchange())
    wrong = puller(exchange(), postgres.url("wr@ng-s3cret"))
    assert wrong.status == "refused"
    assert "password" in wrong.message_en
    assert "2026-11-23" in wrong.message_en
    assert len(wrong.snapshots) == 1
    state = (tmp_path / "state" / "exchange.json").read_text()
    for text in (wrong.message_zh, wrong.message_en, wrong.detail, state):
        assert "s3cret" not in text
        assert postgres.password not in text


def test_an_unset_variable_is_named(exchange, postgres, tmp_path):
    pulled = pull(exchange(), SnapshotStore(tmp_path), tmp_path / "state", now=NOW, environment={})
    assert pulled.status == "refused"
    assert pulled.findings["reference"].item() == "EXCHANGE_URL"


@pytest.mark.parametrize(
    "url", ["mysql://reader:s3cret@host/db", "no address s3cret", "sqlite://", "postgresql://u:s3cret@host:port/db"]
)
def test_other_databases_are_refused_without_telling_the_address(exchange, puller, url):
    pulled = puller(exchange(), url)
    assert pulled.status == "refused"
    assert "EXCHANGE_URL" in pulled.message_en
    assert "s3cret" not in pulled.message_zh + pulled.message_en + pulled.detail


def test_a_missing_table_and_a_missing_column_are_refused(exchange, puller, postgres):
    assert "42P01" in puller(exchange()).message_en
    postgres.execute("create table figures (unit text)")
    assert "42703" in puller(exchange()).message_en


def test_a_slow_query_is_given_up(exchange, puller, postgres):
    postgres.execute(TABLE, "create view slow as select figures.* from figures, pg_sleep(60)")
    postgres.execute(ROW.format("500101", 1, "2026-11-01"))
    started = time.monotonic()
    pulled = puller(exchange(table="slow", statement_seconds=1))
    assert pulled.status == "unavailable"
    assert "within 1 seconds" in pulled.message_en
    assert time.monotonic() - started < 10


def test_a_frozen_server_does_not_hold_the_others_up(exchange, puller, postgres):
    postgres.execute(TABLE)
    source = exchange(seconds=1.5, connect_seconds=60)
    postgres.process.send_signal(signal.SIGSTOP)
    try:
        started = time.monotonic()
        pulled = puller(source)
    finally:
        postgres.process.send_signal(signal.SIGCONT)
    assert pulled.status == "unavailable"
    assert time.monotonic() - started < 5


def test_a_server_that_dies_in_the_middle_keeps_what_it_gave(exchange, puller, postgres):
    postgres.execute(TABLE, ROW.format("500101", 1, "2026-11-01"))
    puller(exchange())
    postgres.execute(
        "alter table figures rename to kept",
        "create view figures as select kept.* from kept, pg_sleep(60)",
    )
    killer = threading.Timer(0.7, postgres.stop)
    killer.start()
    broken = puller(exchange())
    killer.join()
    assert broken.status == "unavailable"
    assert len(broken.snapshots) == 1
    assert broken.last_success == NOW
    assert broken.findings.select("rule", "severity", "source_id", "status").row(0) == (
        "source_unavailable", "warning", "exchange", "open",
    )  # fmt: skip
    down = puller(exchange())
    assert (down.status, len(down.snapshots)) == ("unavailable", 1)
    postgres.start()
    postgres.execute("drop view figures", "alter table kept rename to figures")
    healed = puller(exchange())
    assert (healed.status, healed.findings.height) == ("unchanged", 0)


def test_a_table_is_read_in_batches_that_lose_and_repeat_nothing(exchange, puller, postgres, tmp_path):
    rows = (
        "insert into figures select '500101', 'so2', '2026-09', n, '2026-11-01'::timestamptz + (n / 5) * interval '1s' "
        "from generate_series({}, {}) as n"
    )
    postgres.execute(TABLE, rows.format(0, 22), "insert into figures values ('500102', 'so2', '2026-09', -1, null)")
    source = exchange(maximum_rows=7)
    first = puller(source)
    assert [len(lines(first, tmp_path, index)) for index in range(first.added)] == [7, 7, 7, 3]
    assert len({snapshot.file for snapshot in first.snapshots}) == 4
    postgres.execute(rows.format(23, 30))
    second = puller(source)
    read = [line.split('"')[7] for index in range(len(second.snapshots)) for line in lines(second, tmp_path, index)]
    assert sorted(map(int, read)) == list(range(-1, 31))


def test_a_table_that_was_put_back_is_read_anew_and_said_so(exchange, puller, postgres, tmp_path):
    postgres.execute(TABLE, ROW.format("500101", 1, "2026-11-05"))
    puller(exchange())
    postgres.execute("delete from figures", ROW.format("500101", 2, "2026-11-01"))
    back = puller(exchange())
    assert (back.status, back.findings["rule"].to_list()) == ("new", ["watermark_went_back"])
    assert back.findings["snapshot"].item() == back.snapshots[-1].sha256
    again = puller(exchange())
    assert (again.status, again.findings["rule"].to_list()) == ("unchanged", ["watermark_went_back"])
    postgres.execute("delete from figures")
    emptied = puller(exchange())
    assert (emptied.status, emptied.findings["rule"].to_list()) == (
        "refused",
        ["watermark_went_back", "source_emptied"],
    )


def test_a_clock_gone_wrong_does_not_hide_what_comes_after(exchange, puller, postgres, tmp_path):
    postgres.execute(TABLE, ROW.format("500101", 1, "2999-01-01"))
    assert puller(exchange()).findings["rule"].to_list() == ["watermark_in_future"]
    postgres.execute(ROW.format("500102", 2, "2026-11-25"))
    assert [line[1:7] for line in lines(puller(exchange()), tmp_path)] == ["500102"]
    assert puller(exchange()).status == "unchanged"


def test_a_table_without_watermark_is_read_whole_and_compared(exchange, puller, postgres):
    source = exchange(watermark=None, maximum_rows=2)
    postgres.execute(TABLE, ROW.format("500102", 1, "2026-11-01"), ROW.format("500101", 1, "2026-11-01"))
    assert puller(source).added == 1
    postgres.execute("create table other as select * from figures order by unit", "drop table figures")
    postgres.execute("alter table other rename to figures")
    assert puller(source).status == "unchanged"
    postgres.execute(ROW.format("500103", 1, "2026-11-01"))
    pulled = puller(source)
    assert (pulled.status, pulled.findings["rule"].item()) == ("refused", "oversized_answer")


def test_another_table_in_the_catalogue_begins_from_its_first_row(exchange, puller, postgres):
    postgres.execute(TABLE, ROW.format("500101", 1, "2026-11-01"), "create table later as select * from figures")
    puller(exchange())
    pulled = puller(exchange(table="later", seconds=30))
    assert pulled.status == "unchanged"
    postgres.execute("update later set value = 2")
    assert puller(exchange(table="later", seconds=30)).added == 1


def test_an_sqlite_file_is_read_by_its_texts_and_never_written(connected, puller, tmp_path):
    path = tmp_path / "exchange #1.db"
    with sqlite3.connect(path) as database:
        database.execute(TABLE)
        database.execute(ROW.format("500101", 1.5, "2026-11-01T00:00:00"))
    connection = {"kind": "database", "url_variable": "EXCHANGE_URL", "table": "figures", "watermark": "changed_at"}
    source = connected(connection)
    assert lines(puller(source, f"sqlite:///{path}"), tmp_path) == [
        '"500101","so2","2026-09","1.5","2026-11-01T00:00:00"'
    ]
    with sqlite3.connect(path) as database:
        database.execute(ROW.format("500102", 2, "2026-11-02T00:00:00"))
    assert [line[1:7] for line in lines(puller(source, f"sqlite:///{path}"), tmp_path)] == ["500102"]
    gone = puller(source, f"sqlite:///{tmp_path}/nothing.db")
    assert (gone.status, (tmp_path / "nothing.db").exists()) == ("unavailable", False)
    endless = connected(
        connection
        | {
            "table": None,
            "watermark": None,
            "statement_seconds": 1,
            "statement": "with recursive n(i) as (select 1 union all select i + 1 from n) "
            "select i as unit, i as indicator, i as period, max(i) as value from n",
        }
    )
    assert "within 1 seconds" in puller(endless, f"sqlite:///{path}").message_en


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("1.50"), "1.50"),
        (Decimal("Infinity"), "Infinity"),
        (0.1, "0.1"),
        (3.0, "3"),
        (1e300, "1e+300"),
        (float("nan"), "nan"),
        (True, "true"),
        (None, ""),
        (datetime(2026, 1, 1, 8, tzinfo=UTC), "2026-01-01 08:00:00+00:00"),
    ],
)
def test_values_have_one_text_each(value, text):
    assert field_text(value, "value") == text


@pytest.mark.parametrize("value", [b"bytes", ["list"], {"a": 1}, "x" * 32_768])
def test_values_without_a_text_are_refused_by_column(value):
    with pytest.raises(SourceError, match="the column note"):
        field_text(value, "note")
