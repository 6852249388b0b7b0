"""Workbooks and containers built byte by byte, so that a test decides what stands in them."""

import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

import psycopg
import pytest

from tests.sources.web_server import NOW, Site
from xietong.catalogue import Source
from xietong.frames import Snapshot
from xietong.sources import SnapshotStore
from xietong.sources.pulling import Pulled, pull

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

Parts = dict[str, bytes]


@pytest.fixture
def snapshot() -> Snapshot:
    """Return a snapshot of nothing in particular."""
    return Snapshot("0" * 64, "填报.xlsx", "forms", "某区", None, "—", datetime(2026, 1, 20, tzinfo=UTC), 1)


@pytest.fixture
def forms() -> Source:
    """Return a source that claims workbooks in the inbox."""
    return Source.model_validate(
        {
            "code": "forms",
            "name": {"zh": "填报表", "en": "Forms"},
            "publisher": {"zh": "各区县", "en": "Districts"},
            "licence": {"zh": "内部", "en": "Internal"},
            "reader": "district_form",
            "folder": "inbox",
            "files": ["*.xlsx"],
        }
    )


def _sheet(cells: Mapping[str, str]) -> bytes:
    """Return a sheet of cells in the XML that each is given as: by address, what stands between ``<c r=… `` and end."""
    rows: dict[int, list[str]] = {}
    for address, content in cells.items():
        row = int(address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        rows.setdefault(row, []).append(f'<c r="{address}" {content}')
    body = "".join(f'<row r="{row}">{"".join(content)}</row>' for row, content in rows.items())
    return f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'.encode()


def _parts(sheets: Mapping[str, Mapping[str, str]], formats: Mapping[int, str] | None = None) -> Parts:
    names = list(sheets)
    entries = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(names, start=1)
    )
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(names) + 1)
    )
    custom = "".join(f'<numFmt numFmtId="{i}" formatCode={quoteattr(code)}/>' for i, code in (formats or {}).items())
    styles = "".join(f'<xf numFmtId="{i}"/>' for i in (0, 10, 14, *(formats or {})))
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Override PartName="/xl/workbook.xml" '
        f'ContentType="{types}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{entries}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{custom}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>',
    }
    encoded = {name: text.encode() for name, text in parts.items()}
    return encoded | {f"xl/worksheets/sheet{i}.xml": _sheet(sheets[name]) for i, name in enumerate(names, start=1)}


def _zip(parts: Mapping[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


@pytest.fixture
def parts_of() -> Callable[..., Parts]:
    """Return the builder of a workbook's parts: sheets by name, cells by address, number formats by id."""
    return _parts


@pytest.fixture
def zipped() -> Callable[[Mapping[str, bytes]], bytes]:
    """Return the packer of parts."""
    return _zip


@pytest.fixture
def workbook_of() -> Callable[..., bytes]:
    """Return the builder of a workbook; ``workbook_of({"Sheet": {"C4": number("1.5")}})``."""

    def build(sheets: Mapping[str, Mapping[str, str]], formats: Mapping[int, str] | None = None) -> bytes:
        return _zip(_parts(sheets, formats))

    return build


@pytest.fixture
def number() -> Callable[..., str]:
    """Return the writer of a number cell; styles 0 general, 1 per cent (0.00%), 2 date, 3… the formats given."""
    return lambda value, style=0: f's="{style}"><v>{value}</v></c>'


@pytest.fixture
def text() -> Callable[[str], str]:
    """Return the writer of a text cell."""
    return lambda value: f't="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


@pytest.fixture
def bomb() -> Callable[[int, int], bytes]:
    """Return the builder of a workbook with a part that inflates to so many MB of zeros and states another size."""

    def build(megabytes: int, stated: int) -> bytes:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        # A flushed block stands for itself, so that two gigabytes need not be packed to be written.
        block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
        packed = block * megabytes + zlib.compressobj(9, zlib.DEFLATED, -15).flush()
        plain = BytesIO(_zip(_parts({"月度": {}})))
        with zipfile.ZipFile(plain, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet9.xml", b"")
            entry = archive.getinfo("xl/worksheets/sheet9.xml")
        data = plain.getvalue()
        header = data.index(b"PK\x01\x02")
        local = struct.pack(
            "<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 33, 0, len(packed), stated, len(entry.filename), 0
        )
        name = entry.filename.encode()
        body = data[: entry.header_offset] + local + name + packed
        directory = data[header:].partition(b"PK\x05\x06")[0]
        last = directory.rindex(b"PK\x01\x02")
        changed = bytearray(directory)
        struct.pack_into("<HHHHIII", changed, last + 8, 0, 8, 0, 33, 0, len(packed), stated)
        struct.pack_into("<I", changed, last + 42, entry.header_offset)
        count = directory.count(b"PK\x01\x02")
        return (
            body
            + bytes(changed)
            + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(changed), len(body), 0)
        )

    return build


@pytest.fixture
def connected() -> Callable[..., Source]:
    """Return the builder of a long table behind a connection; ``connected({"kind": "web", …}, watermark=…)``."""

    def build(connection: Mapping[str, object], **fields: object) -> Source:
        return Source.model_validate(
            {
                "code": "exchange",
                "name": {"zh": "部门交换库", "en": "Exchange"},
                "publisher": {"zh": "某部门", "en": "A department"},
                "licence": {"zh": "内部", "en": "Internal"},
                "reader": "long_table",
                "folder": "inbox",
                "files": ["*.csv"],
                "columns": {"unit": "unit", "indicator": "indicator", "period": "period", "value": "value"},
                "connection": connection,
            }
            | fields
        )

    return build


class PostgresServer:
    """A PostgreSQL server of its own on loopback, without durability; root lets the user postgres run it."""

    user = "owner"
    password = "p@ss/word:secret"  # noqa: S105 — of a server that ends with the tests

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.binaries = _postgres_binaries()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None
        password_file = directory / "password"
        password_file.write_text(self.password)
        for path in (directory, password_file):
            if os.getuid() == 0:
                shutil.chown(path, "postgres")
        self._command(
            "initdb",
            "-D",
            f"{directory}/data",
            "-U",
            self.user,
            f"--pwfile={password_file}",
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ).check_returncode()

    def _prefix(self) -> list[str]:
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.getuid() == 0 else []

    def _command(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [*self._prefix(), str(self.binaries / program), *arguments]
        return subprocess.run(command, cwd=self.directory, capture_output=True, timeout=60)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        command = [*self._prefix(), str(self.binaries / "postgres"), "-D", f"{self.directory}/data", "-F"]
        options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", str(self.directory)]
        log = (self.directory / "log").open("ab")
        self.process = subprocess.Popen([*command, *options], cwd=self.directory, stdout=log, stderr=log)
        log.close()
        end = time.monotonic() + 30
        while self._command("pg_isready", "-h", "127.0.0.1", "-p", str(self.port)).returncode:
            assert time.monotonic() < end, (self.directory / "log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server at once, breaking every connection."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)
            self.process = None

    def url(self, password: str | None = None) -> str:
        """Return the address of the database, with the right password or another."""
        return f"postgresql://{self.user}:{quote(password or self.password, safe='')}@127.0.0.1:{self.port}/postgres"

    def execute(self, *statements: str) -> None:
        """Run the statements as the owner."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


def _postgres_binaries() -> Path:
    """Return where the programs of the newest PostgreSQL lie: Debian keeps them out of the path."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    found = packaged[-1] if packaged else shutil.which("postgres")
    assert found, "PostgreSQL is not installed; make test installs it"
    return Path(found).resolve().parent


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Give a PostgreSQL server for the session; it ends with it."""
    with tempfile.TemporaryDirectory(prefix="postgres-", dir="/tmp") as directory:
        server = PostgresServer(Path(directory))
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture
def postgres(postgres_server: PostgresServer) -> PostgresServer:
    """Return the running server with nothing in its schema public."""
    if postgres_server.process is None:
        postgres_server.start()
    postgres_server.execute("drop schema public cascade", "create schema public")
    return postgres_server


@pytest.fixture
def site() -> Iterator[Site]:
    """Yield a server that answers what the test puts in order."""
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def ask(connected, tmp_path: Path, site: Site) -> Callable[..., Pulled]:
    """Return a function that pulls from the site, a day later each time; ``ask.pauses`` are the waits in seconds."""
    moments = (NOW + timedelta(days=day) for day in range(100))
    environment: dict[str, str] = {}
    pauses: list[float] = []

    def run(path: str = "/a.csv", **changes: object) -> Pulled:
        connection = {
            "kind": "web",
            "address": f"http://127.0.0.1:{site.port}{path}",
            "file": "a.csv",
            "allow_http": True,
            "private_network": True,
            "timeout_seconds": 5,
        }
        source = connected(connection | changes)
        store = SnapshotStore(tmp_path / "snapshots")
        state = tmp_path / "state"
        return pull(source, store, state, now=next(moments), wait=pauses.append, environment=environment)

    run.pauses = pauses
    run.environment = environment
    return run
