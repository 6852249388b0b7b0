"""How a source is reached that is not put into a folder by hand: a web address, a database, a file address.

Only names of environment variables stand in the catalogue where something must stay secret.
"""

import re
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, JsonValue, StringConstraints, field_validator, model_validator

from xietong.catalogue.definition import Code, Definition, NonEmpty

EnvironmentVariable = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
HostName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.:-]+$")]
#: Bytes of one answer or file; no larger file would be read.
_LARGEST: Final = 64 * 2**20
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
#: What stands in an address, a body or a file name for the period that is asked for.
PERIOD_PLACEHOLDERS: Final = frozenset({"period", "date", "year", "quarter", "month", "day"})


def placeholders(text: str) -> set[str]:
    """Return the names that stand in braces."""
    return set(_PLACEHOLDER.findall(text))


def fill(text: str, values: dict[str, str]) -> str:
    """Return the text with every placeholder that has a value replaced by it."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


class Periods(Definition):
    """The periods that are asked for one by one: the running one and those before it."""

    every: Literal["day", "month", "quarter", "year"]
    last: int = Field(ge=1, le=400)


class _Connection(Definition):
    """What every connection has; after ``seconds`` a source counts as unavailable, whatever it is doing."""

    seconds: float = Field(default=600, gt=0, le=3600)
    maximum_bytes: int = Field(default=_LARGEST, ge=1, le=_LARGEST)


class WebConnection(_Connection):
    """A file behind a web address, asked for with conditional requests."""

    kind: Literal["web"]
    address: NonEmpty
    # The name under which an answer is kept.
    file: NonEmpty
    # Further hosts that it may redirect to, with their port unless it is the usual one.
    hosts: tuple[HostName, ...] = ()
    allow_http: bool = False
    # Offices publish on an intranet; otherwise nothing but public addresses is contacted.
    private_network: bool = False
    method: Literal["GET", "POST"] = "GET"
    headers: dict[NonEmpty, NonEmpty] = Field(default_factory=dict)
    body: dict[str, JsonValue] | None = None
    periods: Periods | None = None
    # Placeholder → environment variable; the placeholder may stand in the address, the headers and the body.
    secrets: dict[Code, EnvironmentVariable] = Field(default_factory=dict)
    # The variable names a file of certificates (PEM) of the authority that an intranet uses.
    authority_variable: EnvironmentVariable | None = None
    content_types: tuple[NonEmpty, ...] = Field(
        default=(
            "application/csv",
            "application/geo+json",
            "application/json",
            "application/octet-stream",
            "application/vnd.ms-excel",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "text/csv",
            "text/json",
            "text/plain",
            "text/tab-separated-values",
        ),
        min_length=1,
    )
    timeout_seconds: float = Field(default=30, gt=0, le=300)
    attempts: int = Field(default=4, ge=1, le=10)

    @model_validator(mode="after")
    def _address_is_safe(self) -> Self:
        parts = urlsplit(self.address)
        allowed = ("https", "http") if self.allow_http else ("https",)
        if parts.scheme not in allowed:
            raise ValueError(f"address must begin with {' or '.join(f'{scheme}://' for scheme in allowed)}")
        if not parts.hostname or placeholders(parts.netloc):
            raise ValueError("address must name its host in full, without placeholders")
        if "@" in parts.netloc:
            raise ValueError("address must hold no user or password; name environment variables under secrets")
        return self

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> Self:
        if self.secrets.keys() & PERIOD_PLACEHOLDERS:
            raise ValueError(f"secrets must not be named {', '.join(sorted(PERIOD_PLACEHOLDERS))}")
        period = PERIOD_PLACEHOLDERS if self.periods else frozenset[str]()
        for name, text, known in (
            ("address", self.address, period | self.secrets.keys()),
            ("file", self.file, period),
            *((f"headers.{key}", text, self.secrets.keys()) for key, text in self.headers.items()),
        ):
            if unknown := placeholders(text) - known:
                raise ValueError(f"{name} holds {', '.join(sorted(unknown))} in braces; allowed: {_listed(known)}")
        asked = placeholders(self.address) | _placeholders_within(self.body)
        if self.periods and not (asked & period and placeholders(self.file) & period):
            raise ValueError("with periods, the address or the body and the file must hold {period} or {date}")
        if self.body is not None and self.method != "POST":
            raise ValueError("a body is sent with method POST only")
        return self


class DatabaseConnection(_Connection):
    """A table, a view or a select statement of a database; the columns are those that ``columns`` of the source names.

    With a watermark, a column that grows with every row added or changed, only newer rows are read.
    """

    kind: Literal["database"]
    # The variable holds the address with user and password, such as postgresql://reader:…@host/database.
    url_variable: EnvironmentVariable
    table: NonEmpty | None = None
    table_schema: NonEmpty | None = None
    statement: NonEmpty | None = None
    watermark: NonEmpty | None = None
    # Rows within so much of the watermark are read again, for transactions that end late:
    # seconds of a time, days of a date, else the number itself.
    overlap: int = Field(default=0, ge=0)
    maximum_rows: int = Field(default=200_000, ge=1, le=1_000_000)
    connect_seconds: int = Field(default=10, ge=2, le=120)
    statement_seconds: int = Field(default=120, ge=1, le=3600)

    @model_validator(mode="after")
    def _one_thing_is_read(self) -> Self:
        if (self.table is None) == (self.statement is None):
            raise ValueError("either table or statement must stand here, not both")
        if self.table_schema is not None and self.table is None:
            raise ValueError("table_schema belongs to a table")
        if self.overlap and self.watermark is None:
            raise ValueError("overlap belongs to a watermark")
        if self.statement is not None and not re.match(r"(select|with)\b", self.statement, re.IGNORECASE):
            raise ValueError("statement must be one select statement")
        return self


class AddressConnection(_Connection):
    """A folder or bucket at an address of fsspec; the files that ``files`` of the source names are copied."""

    kind: Literal["address"]
    address: NonEmpty
    # The variable holds a JSON object with what the file system needs, such as key and secret.
    options_variable: EnvironmentVariable | None = None
    maximum_files: int = Field(default=10_000, ge=1, le=100_000)

    @field_validator("address")
    @classmethod
    def _address_is_plain(cls, address: str) -> str:
        scheme, separator, rest = address.partition("://")
        if not separator or "::" in address:
            raise ValueError("address must be one address such as file:///share or s3://bucket/folder")
        if scheme in {"http", "https"}:
            raise ValueError("web addresses are read by the kind web, which checks hosts and redirects")
        if "@" in rest.partition("/")[0]:
            raise ValueError("address must hold no user or password; name an options_variable")
        return address


Connection = Annotated[WebConnection | DatabaseConnection | AddressConnection, Field(discriminator="kind")]


def _placeholders_within(body: Any) -> set[str]:
    if isinstance(body, str):
        return placeholders(body)
    if isinstance(body, dict | list):
        return set().union(*map(_placeholders_within, body.values() if isinstance(body, dict) else body))
    return set()


def _listed(names: Any) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "none"
