"""A connection that is unsafe or contradicts itself is refused when the catalogue is read, with what is allowed."""

import re
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter, ValidationError

from xietong.catalogue import Source
from xietong.catalogue.connections import AddressConnection, Connection, DatabaseConnection, WebConnection
from xietong.catalogue.sources import Sources

ADAPTER: TypeAdapter[Connection] = TypeAdapter(Connection)
WEB = {"kind": "web", "address": "https://data.example/a.csv", "file": "a.csv"}
DATABASE = {"kind": "database", "url_variable": "EXCHANGE_URL", "table": "figures"}
ADDRESS = {"kind": "address", "address": "file:///share"}
MONTHLY = {"every": "month", "last": 3}


@pytest.mark.parametrize(
    "content",
    [
        WEB,
        WEB | {"address": "http://data.example/a.csv", "allow_http": True},
        WEB | {"address": "https://data.example/{period}.csv", "file": "{period}.csv", "periods": MONTHLY},
        WEB | {"method": "POST", "body": {"dts": ["{date}"]}, "file": "{date}.json", "periods": MONTHLY},
        WEB | {"address": "https://data.example/?key={key}", "secrets": {"key": "DATA_KEY"}},
        DATABASE | {"watermark": "changed_at", "overlap": 60},
        {"kind": "database", "url_variable": "EXCHANGE_URL", "statement": "SELECT unit FROM figures"},
        ADDRESS | {"options_variable": "SHARE_OPTIONS"},
    ],
)
def test_it_is_accepted(content):
    assert ADAPTER.validate_python(content).kind == content["kind"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (WEB | {"address": "http://data.example/a.csv"}, "must begin with https://"),
        (WEB | {"address": "ftp://data.example/a.csv", "allow_http": True}, "https:// or http://"),
        (WEB | {"address": "https:///a.csv"}, "must name its host"),
        (WEB | {"address": "https://{host}/a.csv"}, "without placeholders"),
        (WEB | {"address": "https://user:pass@data.example/a.csv"}, "no user or password"),
        (WEB | {"address": "https://data.example/{period}.csv"}, "holds period in braces; allowed: none"),
        (WEB | {"periods": MONTHLY}, "must hold {period} or {date}"),
        (WEB | {"headers": {"X-Key": "{key}"}}, "headers.X-Key holds key"),
        (WEB | {"secrets": {"date": "DATE"}}, "must not be named"),
        (WEB | {"secrets": {"key": "not a variable"}}, "pattern"),
        (WEB | {"body": {"a": 1}}, "POST only"),
        (WEB | {"hosts": ["https://data.example"]}, "pattern"),
        (WEB | {"maximum_bytes": 2**40}, "less than or equal"),
        (DATABASE | {"statement": "select 1"}, "not both"),
        ({"kind": "database", "url_variable": "EXCHANGE_URL"}, "either table or statement"),
        (DATABASE | {"url_variable": "postgresql://reader:secret@host/db"}, "pattern"),
        (DATABASE | {"overlap": 60}, "belongs to a watermark"),
        (DATABASE | {"table": None, "statement": "delete from figures"}, "one select statement"),
        (DATABASE | {"table": None, "statement": "select 1", "table_schema": "s"}, "belongs to a table"),
        (ADDRESS | {"address": "/share"}, "one address such as"),
        (ADDRESS | {"address": "https://data.example/"}, "read by the kind web"),
        (ADDRESS | {"address": "simplecache::s3://bucket"}, "one address such as"),
        (ADDRESS | {"address": "sftp://user:pass@host/share"}, "options_variable"),
        ({"kind": "mail"}, "kind"),
    ],
)
def test_it_is_refused(content, message):
    with pytest.raises(ValidationError) as refused:
        ADAPTER.validate_python(content)
    assert message in str(refused.value)


def documented_sources() -> list[Source]:
    text = (Path(__file__).resolve().parents[2] / "docs" / "data-sources.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [source for block in blocks for source in Sources.model_validate(yaml.safe_load(block)).sources]


def test_every_example_of_the_documentation_is_a_source_of_each_kind():
    sources = documented_sources()
    assert {source.connection.kind for source in sources if source.connection} == {"web", "database", "address"}
    assert all(source.connection for source in sources)
    assert len({source.code for source in sources}) == len(sources)


@pytest.mark.parametrize("model", [WebConnection, DatabaseConnection, AddressConnection])
def test_every_key_of_a_connection_is_documented(model):
    text = (Path(__file__).resolve().parents[2] / "docs" / "data-sources.md").read_text(encoding="utf-8")
    assert [name for name in model.model_fields if f"`{name}`" not in text] == []
