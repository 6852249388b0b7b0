"""One request and its answer: connected to a judged address, read under a cap, unpacked by us."""

import ssl
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from xietong.catalogue.connections import WebConnection
from xietong.sources.arrivals import REFUSED, SourceError
from xietong.sources.network_addresses import judged_addresses

_CHUNK: Final = 2**16
_GZIP: Final = 16 + zlib.MAX_WBITS
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Answer:
    """Status, headers and, of an answer with status 200, the body."""

    status: int
    headers: httpx.Headers
    body: bytes = b""

    @property
    def content_type(self) -> str:
        """Return the media type without its parameters, in lower case; empty when none is stated."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()


class _JudgedTransport(httpx.BaseTransport):
    """Connects to the addresses that were judged; the name stays in the Host header and in the certificate's check."""

    def __init__(self, connection: WebConnection, verify: ssl.SSLContext) -> None:
        self._private_network = connection.private_network
        # Connections are pooled by address: one that is kept could serve another name unchecked.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._inner = httpx.HTTPTransport(verify=verify, trust_env=False, limits=limits)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.raw_host.decode("ascii")
        port = request.url.port or _DEFAULT_PORTS[request.url.scheme]
        *others, last = judged_addresses(host, port, private_network=self._private_network)
        for address in others:
            try:
                return self._inner.handle_request(_to_address(request, address, host))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return self._inner.handle_request(_to_address(request, last, host))

    def close(self) -> None:
        self._inner.close()


def _to_address(request: httpx.Request, address: str, host: str) -> httpx.Request:
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )


class WebClient:
    """Sends single requests for one connection; follows nothing and retries nothing."""

    def __init__(self, connection: WebConnection, authority: str | None) -> None:
        self._connection = connection
        self._client = httpx.Client(
            transport=_JudgedTransport(connection, _certificates(authority)),
            timeout=connection.timeout_seconds,
            trust_env=False,
            headers={"User-Agent": "xietong", "Accept": "*/*", "Accept-Encoding": "gzip"},
        )

    def close(self) -> None:
        """Let go of what is connected."""
        self._client.close()

    def send(self, method: str, url: httpx.URL, headers: dict[str, str], content: bytes | None) -> Answer:
        """Return the answer.

        Raises:
            httpx.TransportError: no connection, no whole answer, or none in time.
            SourceError: the address is not allowed, or the body is too long or wrongly packed.
        """
        with self._client.stream(method, url, headers=headers, content=content) as response:
            body = self._body(response) if response.status_code == httpx.codes.OK else b""
            return Answer(response.status_code, response.headers, body)

    def _body(self, response: httpx.Response) -> bytes:
        limit = self._connection.maximum_bytes
        stated = response.headers.get("content-length", "")
        if stated.isdecimal() and int(stated) > limit:
            raise _oversized(limit)
        parts = bytearray()
        for part in _unpacked(response, limit):
            parts += part
            if len(parts) > limit:
                raise _oversized(limit)
        return bytes(parts)


def _certificates(authority: str | None) -> ssl.SSLContext:
    """Return the checks of certificates: against the authorities that everybody trusts, or against one of an office.

    Raises:
        SourceError: the file holds no certificates.
    """
    if authority is None:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cadata=Path(authority).read_text(encoding="ascii"))
    except (OSError, ValueError, ssl.SSLError) as error:
        raise SourceError(
            REFUSED,
            reason_zh="authority_variable 所指的证书文件不存在或不是 PEM 格式",
            reason_en="the file of certificates that authority_variable names is missing or not in PEM",
            detail=str(error),
        ) from error


def _unpacked(response: httpx.Response, limit: int) -> Iterator[bytes]:
    """Yield the body, never more than one byte beyond the limit out of a packed one."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding in {"", "identity"}:
        yield from response.iter_raw(_CHUNK)
        return
    if coding not in {"gzip", "x-gzip"}:
        raise _wrongly_packed(f"content-encoding: {coding}")
    unpacker = zlib.decompressobj(_GZIP)
    left = limit + 1
    try:
        for packed in response.iter_raw(_CHUNK):
            while packed and left:
                # A packed body may be several packed parts, one after the other.
                unpacker = zlib.decompressobj(_GZIP) if unpacker.eof else unpacker
                part = unpacker.decompress(packed, left)
                left -= len(part)
                yield part
                packed = unpacker.unused_data  # noqa: PLW2901 — what is left of it
    except zlib.error as error:
        raise _wrongly_packed(str(error)) from error
    if not unpacker.eof:
        raise _wrongly_packed("the packed body ends too early")


def _wrongly_packed(detail: str) -> SourceError:
    return SourceError(
        "unexpected_content",
        reason_zh="回答的压缩内容不完整或压缩方式不受支持，未采用",
        reason_en="the answer is packed in a way that is not supported, or not whole, and is not used",
        allowed="gzip",
        detail=detail,
    )


def _oversized(limit: int) -> SourceError:
    return SourceError(
        "oversized_answer",
        reason_zh=f"回答超过 {limit:,} 字节，已停止读取，未采用",
        reason_en=f"the answer is longer than {limit:,} bytes; reading was stopped and nothing of it is used",
        allowed=f"{limit:,}",
    )
