"""Files at any address that fsspec can open: a share, a bucket, a server; new and changed ones are copied."""

import hashlib
import json
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

import fsspec  # type: ignore[import-untyped]
import polars as pl
from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped]

from xietong.catalogue import Source
from xietong.catalogue.connections import AddressConnection
from xietong.sources.arrivals import REFUSED, UNAVAILABLE, Arrival, Memory, PullContext, SourceError, source_finding
from xietong.sources.secrets import masked, secret_from

#: What changes in a listing although a file does not.
_FLEETING: Final = frozenset({"atime", "nlink", "mode", "uid", "gid"})


@dataclass(frozen=True)
class _Folder:
    """The folder behind the address; ``root`` is its path as the file system writes it."""

    files: Any
    root: str
    connection: AddressConnection


def fetch_files(
    source: Source, connection: AddressConnection, memory: Memory, context: PullContext
) -> Generator[Arrival, None, None]:
    """Yield every file that the source's patterns name and that is new or changed, in order of their names.

    The memory holds what the listing said of each file, by its name inside the folder. A file that
    is gone from the folder stays known. A file that changes while it is read is left for the next pull.

    A file that must not be read is a finding and costs only itself.

    Raises:
        SourceError: the address cannot be listed or broke off; the files before were yielded.
    """
    secret = secret_from(context.environment, connection.options_variable) if connection.options_variable else None
    with _told(connection, secret):
        folder = _open(connection, secret)
        listed = _listed(folder, source)
    for name, path, signature in listed:
        if memory.get(name) == signature:
            continue
        try:
            with _told(connection, secret):
                # What is told of one file may be worded otherwise than in a listing.
                before = _signature(folder.files.info(path))
                data = _read(folder, path)
                is_settled = before == _signature(folder.files.info(path))
        except SourceError as error:
            if error.is_temporary:
                raise
            yield Arrival(memory, findings=_refused_file(source, name, error))
            continue
        if is_settled:
            memory = memory | {name: signature}
            yield Arrival(memory, data, name, name)


def _refused_file(source: Source, name: str, error: SourceError) -> pl.DataFrame:
    """Return the finding about a file that costs only itself."""
    return source_finding(
        error.rule,
        "critical",
        source,
        file=name,
        reason_zh=error.reason_zh,
        reason_en=error.reason_en,
        allowed=error.allowed,
    )


def _open(connection: AddressConnection, secret: str | None) -> _Folder:
    """Return the folder.

    Raises:
        SourceError: the options are no JSON object, or no package serves such addresses.
    """
    options: Any = {}
    if secret is not None:
        try:
            options = json.loads(secret)
        except ValueError:
            options = None
        if not isinstance(options, dict):
            raise SourceError(
                REFUSED,
                reason_zh=f"环境变量 {connection.options_variable} 不是 JSON 对象",
                reason_en=f"the environment variable {connection.options_variable} holds no JSON object",
                allowed='{"key": "…", "secret": "…"}',
            )
    # Listings that the library remembers would hide what came in since.
    files, root = fsspec.core.url_to_fs(connection.address, use_listings_cache=False, **options)
    return _Folder(files, str(root).rstrip("/"), connection)


def _listed(folder: _Folder, source: Source) -> list[tuple[str, str, str]]:
    """Return name, path and signature of each file that the source claims.

    Raises:
        SourceError: there is no such folder, there are too many files, or a name leads out of the folder.
    """
    if not folder.files.exists(folder.root or "/"):
        raise SourceError(
            UNAVAILABLE,
            reason_zh=f"{folder.connection.address} 不存在或没有挂载",
            reason_en=f"{folder.connection.address} is not there or not mounted",
        )
    found: dict[str, dict[str, Any]] = folder.files.find(folder.root, detail=True)
    listed = []
    for path, entry in found.items():
        name = str(path)[len(folder.root) :].lstrip("/")
        if _is_claimed(source, name) and _is_inside(folder, str(path)):
            listed.append((name, str(path), _signature(entry)))
    if len(listed) > folder.connection.maximum_files:
        raise SourceError(
            REFUSED,
            reason_zh=f"共有 {len(listed):,} 个文件，超过 {folder.connection.maximum_files:,} 个，未读取",
            reason_en=f"there are {len(listed):,} files, more than {folder.connection.maximum_files:,}; none is read",
            allowed=f"{folder.connection.maximum_files:,}",
        )
    return sorted(listed)


def _is_claimed(source: Source, name: str) -> bool:
    path = PurePosixPath(name.lower())
    is_hidden = any(part.startswith((".", "~$")) for part in path.parts)
    return not is_hidden and name.isprintable() and any(path.match(pattern.lower()) for pattern in source.files)


def _is_inside(folder: _Folder, path: str) -> bool:
    """Return whether the path is what it seems: on a disk, a link may lead anywhere."""
    if ".." in PurePosixPath(path).parts:
        return False
    if not isinstance(folder.files, LocalFileSystem):
        return True
    root = os.path.realpath(folder.root)
    return os.path.commonpath([root, os.path.realpath(path)]) == root


def _signature(entry: dict[str, Any]) -> str:
    """Return what tells one edition of a file from another: everything that the listing says of it."""
    told = sorted((key, str(value)) for key, value in entry.items() if key not in _FLEETING)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def _read(folder: _Folder, path: str) -> bytes:
    limit = folder.connection.maximum_bytes
    with folder.files.open(path, "rb") as stream:
        data: bytes = stream.read(limit + 1)
    if len(data) > limit:
        raise SourceError(
            "oversized_answer",
            reason_zh=f"超过 {limit:,} 字节，未采用",
            reason_en=f"it is longer than {limit:,} bytes and is not used",
            allowed=f"{limit:,}",
        )
    return data


@contextmanager
def _told(connection: AddressConnection, secret: str | None) -> Iterator[None]:
    """Turn what a file system raises into a sentence that names the address and no secret."""
    options = _texts(secret)
    try:
        yield
    except SourceError:
        raise
    except ImportError as error:
        scheme = connection.address.partition("://")[0]
        raise SourceError(
            REFUSED,
            reason_zh=f"读取 {scheme}:// 地址所需的程序包没有安装",
            reason_en=f"the package that reads {scheme}:// addresses is not installed",
            detail=masked(str(error), options),
        ) from error
    except PermissionError as error:
        raise SourceError(
            REFUSED,
            reason_zh=f"没有读取 {connection.address} 的权限",
            reason_en=f"there is no permission to read {connection.address}",
            detail=masked(str(error), options),
        ) from error
    except Exception as error:
        # Every file system raises errors of its own library.
        raise SourceError(
            UNAVAILABLE,
            reason_zh=f"{connection.address} 无法读取",
            reason_en=f"{connection.address} cannot be read",
            detail=masked(f"{type(error).__name__}: {error}", options),
        ) from error


def _texts(secret: str | None) -> list[str]:
    """Return every text among the options, so that none of them is told."""
    if secret is None:
        return []
    try:
        options = json.loads(secret)
    except ValueError:
        return [secret]
    values = options.values() if isinstance(options, dict) else [options]
    return [secret, *(value for value in values if isinstance(value, str) and value)]
