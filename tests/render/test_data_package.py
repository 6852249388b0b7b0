"""The descriptions of the downloads: every file, its hash, and types that its own rows keep."""

import csv
import hashlib
import io
import json
import math
from datetime import UTC, date, datetime

import polars as pl
import pytest

from xietong.catalogue import load_edition
from xietong.render import write_downloads
from xietong.resources import resource_directory

#: How a text of a CSV file must be readable as each type of Table Schema.
READERS = {
    "string": str,
    "any": str,
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}


@pytest.fixture
def downloads(catalogue, tmp_path):
    frame = {
        "unit_code": ["500101", None],
        "period": ["2026-10", "2026-09"],
        "rank": [1, None],
        "score": [math.pi, None],
        "is_clear": [True, None],
        "given_on": [date(2026, 1, 2), None],
        "received_at": [datetime(2026, 1, 2, 3, tzinfo=UTC), None],
        "never": [None, None],
        "note": ["=1+1", '"><script>'],
    }
    edition = load_edition(resource_directory("editions"), "chongqing-demo")
    write_downloads({"synergy": pl.DataFrame(frame)}, catalogue, edition, tmp_path)
    return tmp_path


def read(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_every_file_is_described_with_its_size_and_hash(downloads) -> None:
    package = read(downloads, "datapackage.json")
    described = {resource["path"] for resource in package["resources"]}
    written = {path.name for path in downloads.iterdir()}
    assert written - described == {"datapackage.json", "csv-metadata.json", "dataset.jsonld"}
    assert described <= written
    for resource in package["resources"]:
        content = (downloads / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    # Names are lower case, digits and hyphens or underscores, each once (Data Package).
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() and name.replace("-", "").replace("_", "").isalnum() for name in names)
    assert package["keywords"] == ["demonstration"]


def test_each_value_of_a_table_is_of_its_described_type(downloads) -> None:
    package = read(downloads, "datapackage.json")
    checked = 0
    for resource in package["resources"]:
        if resource.get("profile") != "tabular-data-resource":
            continue
        text = (downloads / resource["path"]).read_bytes().decode(resource["encoding"])
        head, *rows = csv.reader(io.StringIO(text))
        fields = resource["schema"]["fields"]
        assert head == [field["name"] for field in fields]
        for row in rows:
            for field, cell in zip(fields, row, strict=True):
                if cell not in resource["schema"]["missingValues"]:
                    READERS[field["type"]](cell)
                    checked += 1
    assert checked > 300


def test_the_three_descriptions_name_the_same_columns_and_files(downloads) -> None:
    package, web = read(downloads, "datapackage.json"), read(downloads, "csv-metadata.json")
    assert web["@context"] == "http://www.w3.org/ns/csvw"
    columns = {table["url"]: [column["name"] for column in table["tableSchema"]["columns"]] for table in web["tables"]}
    tables = {
        resource["path"]: [field["name"] for field in resource["schema"]["fields"]]
        for resource in package["resources"]
        if "schema" in resource
    }
    assert columns == tables
    assert {"synergy.csv", "units.csv", "indicators.csv"} <= columns.keys()
    dataset = read(downloads, "dataset.jsonld")
    assert (dataset["@type"], dataset["@context"]) == ("Dataset", "https://schema.org")
    paths = [resource["path"] for resource in package["resources"]]
    assert [each["contentUrl"] for each in dataset["distribution"]] == paths
