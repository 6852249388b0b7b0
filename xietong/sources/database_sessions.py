"""Sessions with a database that can only read, end in time, and tell no secret when they fail."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from xietong.catalogue.connections import DatabaseConnection
from xietong.sources.arrivals import REFUSED, UNAVAILABLE, SourceError
from xietong.sources.secrets import masked, secret_from

#: SQLite asks whether to go on after so many steps of its machine.
_STEPS: Final = 10_000
_TIMED_OUT: Final = "57014"
#: Classes of SQLSTATE that no waiting mends: not supported, wrong data, read-only, access denied, names, privileges.
_LASTING: Final = ("0A", "22", "25", "28", "3D", "3F", "42")


class ReadingDatabase:
    """The database that an environment variable names, opened only for reading."""

    def __init__(self, connection: DatabaseConnection, environment: Mapping[str, str]) -> None:
        self._connection = connection
        self._secret = secret_from(environment, connection.url_variable)
        self._url = _url(self._secret, connection.url_variable)
        options: dict[str, object] = {}
        if self._url.drivername != "sqlite":
            # Prepared statements would not survive a pooler between us and the server.
            options = {"connect_timeout": connection.connect_seconds, "prepare_threshold": None}
        self._engine = sa.create_engine(self._url, poolclass=NullPool, connect_args=options, hide_parameters=True)

    @property
    def is_text_ordered_by_code_point(self) -> bool:
        """Return whether the database orders texts as Python does."""
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def session(self) -> Iterator[sa.Connection]:
        """Give a connection inside a read-only transaction that sees one state of the data.

        Raises:
            SourceError: the database cannot be reached, does not answer in time, or refuses.
        """
        try:
            with self._engine.connect() as session:
                if self._engine.dialect.name == "sqlite":
                    self._restrict_sqlite(session)
                else:
                    session.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                with session.begin():
                    if self._engine.dialect.name != "sqlite":
                        self._limit_time(session)
                    yield session
        except SQLAlchemyError as error:
            raise self._told(error) from error

    def _restrict_sqlite(self, session: sa.Connection) -> None:
        driver = session.connection.driver_connection
        end = time.monotonic() + self._connection.statement_seconds
        if driver is not None:
            driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)

    def _limit_time(self, session: sa.Connection) -> None:
        limit = f"{self._connection.statement_seconds}s"
        session.execute(sa.select(sa.func.set_config("statement_timeout", limit, sa.true())))

    def _told(self, error: SQLAlchemyError) -> SourceError:
        """Return the error in words that name neither server nor user; those go into the detail, without the secret."""
        original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        detail = masked(str(original), [self._secret, self._url.password or ""])
        state = str(getattr(original, "sqlstate", None) or "")
        if state == _TIMED_OUT or str(original) == "interrupted":
            seconds = self._connection.statement_seconds
            return SourceError(
                UNAVAILABLE,
                reason_zh=f"数据库没有在 {seconds} 秒内完成查询",
                reason_en=f"the database did not finish the query within {seconds} seconds",
                detail=detail,
            )
        is_refused = state.startswith(_LASTING) or "no such" in detail or "password authentication failed" in detail
        if is_refused:
            code_zh, code_en = (f"（SQLSTATE {state}）", f" (SQLSTATE {state})") if state else ("", "")
            return SourceError(
                REFUSED,
                reason_zh=f"数据库拒绝了登录或查询{code_zh}，请检查账号、权限、表名和列名",
                reason_en=f"the database refuses the login or the query{code_en}; check user, password, privileges and"
                " the names of table and columns",
                detail=detail,
            )
        if isinstance(error, DataError):
            # The driver's own word: the server sent what has no value here, and will send it again.
            return SourceError(
                REFUSED,
                reason_zh="数据库中有无法读取的值（如 infinity、公元前或一万年以后的时间），请改正该值",
                reason_en="the database holds a value that cannot be read, such as infinity or a moment before Christ"
                " or after the year 9999; correct it",
                detail=detail,
            )
        return SourceError(
            UNAVAILABLE,
            reason_zh="数据库无法连接，或连接中断",
            reason_en="the database cannot be reached, or the connection broke",
            detail=detail,
        )


def _url(text: str, variable: str) -> URL:
    """Return the address with the driver that is used.

    Raises:
        SourceError: it is no address of a PostgreSQL (or compatible) server or of an SQLite file.
    """
    try:
        url = make_url(text)
    except (SQLAlchemyError, ValueError):
        raise _wrong_url(variable) from None
    kind = url.get_backend_name()
    if kind == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and url.database and url.database != ":memory:":
        path = Path(url.database).resolve()
        if not path.is_file():
            raise SourceError(
                UNAVAILABLE,
                reason_zh="数据库文件不存在",
                reason_en="the file of the database is not there",
                detail=str(path),
            )
        # Opened in mode ro, nothing can be written, and a missing file is not made.
        return url.set(drivername="sqlite", database=f"file:{quote(str(path))}", query={"mode": "ro", "uri": "true"})
    raise _wrong_url(variable)


def _wrong_url(variable: str) -> SourceError:
    return SourceError(
        REFUSED,
        reason_zh=f"环境变量 {variable} 不是 PostgreSQL 服务器或 SQLite 文件的地址",
        reason_en=f"the environment variable {variable} is no address of a PostgreSQL server or an SQLite file",
        allowed="postgresql://user:password@host:port/database, sqlite:////path/file.db",
    )
