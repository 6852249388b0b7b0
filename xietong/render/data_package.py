"""The downloads described for machines: a Frictionless Data Package, W3C metadata for the CSV files, schema.org.

One description of the tables serves all three. Specifications: Data Package 1 with Table Schema
(specs.frictionlessdata.io), CSV on the Web metadata (W3C Recommendation of 2015-12-17), schema.org/Dataset.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from xietong.catalogue import Catalogue, Edition
from xietong.render.words import Words, read_words
from xietong.report import LANGUAGES
from xietong.report.downloads import DESCRIPTIONS
from xietong.resources import resource_directory
from xietong.signs import json_text

#: By polars type: the type of Table Schema, and of CSV on the Web.
_TYPES: Final = (
    (pl.Boolean, "boolean", "boolean"),
    (pl.Date, "date", "date"),
    (pl.Datetime, "datetime", "datetime"),
    (pl.String, "string", "string"),
)
_MEDIA_TYPES: Final = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class _File:
    """One file of the downloads with what is in it."""

    path: Path
    title: Mapping[str, str]
    schema: pl.Schema | None

    @property
    def ending(self) -> str:
        return self.path.suffix.removeprefix(".")


def write_descriptions(
    files: Sequence[Path], schemas: Mapping[str, pl.Schema], catalogue: Catalogue, edition: Edition, directory: Path
) -> list[Path]:
    """Describe the downloads in ``directory`` and return the three files written there.

    ``schemas`` are the columns of each table by its name; a file is of the table that it is named after.
    """
    texts = resource_directory("site") / "text"
    words = [read_words(texts, language) for language in LANGUAGES]
    described = [_File(path, _titles(words, path.stem), schemas.get(path.stem)) for path in sorted(files)]
    contents = {
        "package": _package(described, catalogue, edition),
        "csv_metadata": _csv_metadata(described),
        "dataset": _dataset(described, catalogue, edition),
    }
    written = []
    for name, kind in DESCRIPTIONS:
        path = directory / name
        path.write_text(json_text(contents[kind], indent=1) + "\n", encoding="utf-8", newline="\n")
        written.append(path)
    return written


def _titles(words: Sequence[Words], table: str) -> dict[str, str]:
    keys = {"units": "downloads.units", "indicators": "downloads.indicators", "xietong": "downloads.workbook"}
    key = keys.get(table, f"mart.{table}")
    return {spoken.language: spoken.patterns.get(key, table) for spoken in words}


def _kinds(schema: pl.Schema) -> Iterator[tuple[str, str, str]]:
    """Yield each column with its type in Table Schema and in CSV on the Web."""
    for name, kind in schema.items():
        if kind.is_integer():
            yield name, "integer", "integer"
        elif kind.is_numeric():
            yield name, "number", "double"
        else:
            known = ((table, web) for polars, table, web in _TYPES if kind == polars)
            # A column without any value has no type of its own.
            yield name, *next(known, ("any", "anyAtomicType"))


def _package(files: Sequence[_File], catalogue: Catalogue, edition: Edition) -> dict[str, Any]:
    return {
        "profile": "data-package",
        "name": f"xietong-{edition.name}",
        "title": edition.title.zh,
        "description": edition.title.en,
        "version": catalogue.index.method_version,
        # Invented figures say so in every description that travels with them.
        "keywords": [edition.origin],
        "sources": [{"title": source.publisher.zh} for source in catalogue.sources],
        "resources": [_resource(file) for file in files],
    }


def _resource(file: _File) -> dict[str, Any]:
    content = file.path.read_bytes()
    resource: dict[str, Any] = {
        "name": f"{file.path.stem}-{file.ending}",
        "path": file.path.name,
        "title": file.title["zh"],
        "description": file.title["en"],
        "format": file.ending,
        "mediatype": _MEDIA_TYPES[file.ending],
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if file.ending == "csv" and file.schema is not None:
        fields = [{"name": name, "type": table} for name, table, _ in _kinds(file.schema)]
        resource |= {
            "profile": "tabular-data-resource",
            # The files begin with a byte order mark, so that spreadsheets read Chinese.
            "encoding": "utf-8-sig",
            "schema": {"fields": fields, "missingValues": [""]},
        }
    return resource


def _csv_metadata(files: Sequence[_File]) -> dict[str, Any]:
    tables = [
        {
            "url": file.path.name,
            "dc:title": [{"@value": text, "@language": language} for language, text in file.title.items()],
            "tableSchema": {
                "columns": [{"titles": name, "name": name, "datatype": web} for name, _, web in _kinds(file.schema)]
            },
        }
        for file in files
        if file.ending == "csv" and file.schema is not None
    ]
    return {"@context": "http://www.w3.org/ns/csvw", "tables": tables}


def _dataset(files: Sequence[_File], catalogue: Catalogue, edition: Edition) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": [edition.title.zh, edition.title.en],
        "description": edition.description.zh,
        "inLanguage": list(LANGUAGES),
        "version": catalogue.index.method_version,
        "variableMeasured": [indicator.name.zh for indicator in catalogue.indicators],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.title["zh"],
                "contentUrl": file.path.name,
                "encodingFormat": _MEDIA_TYPES[file.ending],
                "contentSize": str(file.path.stat().st_size),
            }
            for file in files
        ],
    }
