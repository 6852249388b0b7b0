"""Files behind web addresses: asked for only when changed, retried with patience, redirected only where allowed."""

import hashlib
import json
import ssl
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any, Final
from urllib.parse import quote

import httpx

from xietong.catalogue.connections import WebConnection, fill
from xietong.sources.arrivals import REFUSED, UNAVAILABLE, Arrival, Memory, PullContext, SourceError
from xietong.sources.asked_periods import asked_periods
from xietong.sources.secrets import masked, secret_from
from xietong.sources.web_answers import Answer, WebClient

_REDIRECTIONS: Final = frozenset({301, 302, 303, 307, 308})
#: After a redirection with one of these the request is repeated as it was; after the others it is a GET.
_SAME_METHOD: Final = frozenset({307, 308})
_MAX_REDIRECTIONS: Final = 5
#: Answers that another attempt may better: busy, too many requests, failing for now.
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_FIRST_PAUSE: Final = 1.0
#: Seconds; a server that asks for a longer pause is asked again at the next pull.
_LONGEST_PAUSE: Final = 120.0
_OK: Final = 200
_NOT_MODIFIED: Final = 304
_MISSING: Final = frozenset({404, 410})
_FORBIDDING: Final = frozenset({401, 403})


@dataclass(frozen=True)
class _Request:
    """What is asked of one address."""

    method: str
    url: httpx.URL
    headers: dict[str, str]
    content: bytes | None


@dataclass(frozen=True)
class _Visit:
    """A connection at work, with the secrets that must not be told."""

    connection: WebConnection
    client: WebClient
    context: PullContext
    secrets: dict[str, str]

    def masked(self, text: object) -> str:
        return masked(str(text), self.secrets.values())


def fetch_web(connection: WebConnection, memory: Memory, context: PullContext) -> Generator[Arrival, None, None]:
    """Yield what the address, or the address of each period, answers; nothing for one that has not changed.

    A period without an answer (404) is not published yet. The memory holds, by the address with its
    secrets left out, ``etag``, ``last_modified`` and the ``sha256`` they stand for.

    Raises:
        SourceError: an address gave nothing that can be used; those before it were yielded.
    """
    secrets = {name: secret_from(context.environment, variable) for name, variable in connection.secrets.items()}
    variable = connection.authority_variable
    authority = secret_from(context.environment, variable) if variable else None
    with closing(WebClient(connection, authority)) as client:
        visit = _Visit(connection, client, context, secrets)
        for words in asked_periods(connection.periods, context.now):
            series = _series(connection, words)
            conditions = _conditions(memory.get(series, {}), context)
            answer = _ask(visit, _request(visit, words, conditions))
            # A server that calls unchanged what it was not asked about has given nothing, which is told.
            is_unchanged = answer.status == _NOT_MODIFIED and bool(conditions)
            if is_unchanged or (words and answer.status in _MISSING):
                continue
            _check(visit, answer)
            known = {
                "etag": answer.headers.get("etag"),
                "last_modified": answer.headers.get("last-modified"),
                "sha256": hashlib.sha256(answer.body).hexdigest(),
            }
            memory = memory | {series: known}
            yield Arrival(memory, answer.body, fill(connection.file, words), series)


def _series(connection: WebConnection, words: dict[str, str]) -> str:
    address = fill(connection.address, words)
    if connection.body is None:
        return address
    return f"{address} {json.dumps(_filled(connection.body, words), ensure_ascii=False, sort_keys=True)}"


def _filled(content: Any, words: dict[str, str]) -> Any:
    """Return JSON with the placeholders in all its texts filled."""
    if isinstance(content, str):
        return fill(content, words)
    if isinstance(content, dict):
        return {key: _filled(value, words) for key, value in content.items()}
    if isinstance(content, list):
        return [_filled(value, words) for value in content]
    return content


def _conditions(known: dict[str, str | None], context: PullContext) -> dict[str, str]:
    """Return the headers that ask for a change only, if what they stand for is still kept."""
    kept = known.get("sha256")
    if kept is None or not context.is_kept(kept):
        return {}
    names = {"etag": "If-None-Match", "last_modified": "If-Modified-Since"}
    return {header: value for name, header in names.items() if (value := known.get(name))}


def _request(visit: _Visit, words: dict[str, str], conditions: dict[str, str]) -> _Request:
    connection, secrets = visit.connection, visit.secrets
    quoted = {name: quote(value, safe="") for name, value in secrets.items()}
    headers = {name: fill(value, secrets) for name, value in connection.headers.items()} | conditions
    content = None
    if connection.body is not None:
        content = json.dumps(_filled(connection.body, words | secrets), ensure_ascii=False).encode()
        headers["Content-Type"] = "application/json"
    return _Request(connection.method, httpx.URL(fill(connection.address, words | quoted)), headers, content)


def _ask(visit: _Visit, request: _Request) -> Answer:
    """Return the first answer that is final, after as many attempts as the connection allows.

    Raises:
        SourceError: none was.
    """
    for attempt in count(1):
        pause = min(_FIRST_PAUSE * 2 ** (attempt - 1), _LONGEST_PAUSE)
        try:
            answer = _follow(visit, request)
        except httpx.TransportError as error:
            problem = _unreachable(visit, error)
            if not problem.is_temporary:
                raise problem from error
        else:
            if answer.status not in _PASSING:
                return answer
            problem = _failing(visit, answer)
            pause = max(pause, _retry_after(answer, visit.context.now))
        if attempt == visit.connection.attempts or pause > _LONGEST_PAUSE:
            raise problem
        visit.context.wait(pause)
    raise AssertionError("the attempts never end without an answer or an error")


def _retry_after(answer: Answer, now: datetime) -> float:
    """Return the seconds that the server asks us to wait; 0 when it does not, or not so that it can be read."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())


def _follow(visit: _Visit, request: _Request) -> Answer:
    """Return the answer at the end of the redirections, each of them to an allowed host.

    Raises:
        SourceError: a redirection leads where nothing may be asked, or there are too many.
    """
    for _ in range(_MAX_REDIRECTIONS + 1):
        answer = visit.client.send(request.method, request.url, request.headers, request.content)
        if answer.status not in _REDIRECTIONS:
            return answer
        request = _redirected(visit, request, answer)
    raise _refused(
        f"重定向超过 {_MAX_REDIRECTIONS} 次",
        f"it redirects more than {_MAX_REDIRECTIONS} times",
    )


def _redirected(visit: _Visit, request: _Request, answer: Answer) -> _Request:
    """Return the request after a redirection; headers of the catalogue, which may be secret, stay with their host."""
    try:
        url = request.url.join(answer.headers.get("location", ""))
        place = _place(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _refused("重定向的地址无法识别", "the address it redirects to cannot be read") from error
    own = httpx.URL(visit.connection.address)
    allowed = {_place(own), *visit.connection.hosts}
    schemes = {"https", "http"} if visit.connection.allow_http else {"https"}
    if place not in allowed or url.scheme not in schemes or url.userinfo:
        shown = visit.masked(url.copy_with(query=None, fragment=None, username=None, password=None))
        raise _refused(
            f"它重定向到 {shown}，该主机、端口或协议不在目录允许之列",
            f"it redirects to {shown}, a host, port or scheme that the catalogue does not allow",
            allowed=", ".join(sorted(allowed)),
        )
    is_own = place == _place(own) and url.scheme in {"https", own.scheme}
    dropped = set() if is_own else set(visit.connection.headers)
    # A body may hold secrets too.
    content = request.content if is_own or not visit.secrets else None
    if answer.status not in _SAME_METHOD and request.method != "GET":
        request, content = replace(request, method="GET"), None
        dropped.add("Content-Type")
    headers = {name: value for name, value in request.headers.items() if name not in dropped}
    return replace(request, url=url, headers=headers, content=content)


def _place(url: httpx.URL) -> str:
    """Return the host, and the port unless it is the usual one of the scheme."""
    host = url.raw_host.decode("ascii")
    return host if url.port is None else f"{host}:{url.port}"


def _check(visit: _Visit, answer: Answer) -> None:
    """Refuse an answer that is no file of the kinds that the catalogue expects.

    Raises:
        SourceError: it is not.
    """
    if answer.status != _OK:
        raise _failing(visit, answer)
    expected = [kind.lower() for kind in visit.connection.content_types]
    stated = answer.content_type
    beginning = answer.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_page = beginning.startswith((b"<!doctype html", b"<html")) and "text/html" not in expected
    if not answer.body or is_page or (stated and stated not in expected):
        found = "text/html" if is_page else stated or "—"
        raise SourceError(
            "unexpected_content",
            reason_zh=f"回答{'是空的' if not answer.body else f'的类型为 {found}'}，不是预期的文件，未采用",
            reason_en=f"the answer is {'empty' if not answer.body else f'of type {found}'}, not the file expected, "
            "and is not used",
            allowed=", ".join(expected),
        )


def _failing(visit: _Visit, answer: Answer) -> SourceError:
    """Return what an answer other than a file means."""
    host = httpx.URL(visit.connection.address).host
    if answer.status in _PASSING:
        return SourceError(
            UNAVAILABLE,
            reason_zh=f"{host} 暂时无法提供数据（HTTP {answer.status}）",
            reason_en=f"{host} cannot serve for now (HTTP {answer.status})",
        )
    if answer.status in _FORBIDDING:
        return _refused(
            f"{host} 拒绝访问（HTTP {answer.status}），请检查密钥和授权",
            f"{host} denies access (HTTP {answer.status}); check the secrets and the permission",
        )
    return _refused(
        f"{host} 没有给出文件（HTTP {answer.status}），请检查目录中的地址",
        f"{host} gave no file (HTTP {answer.status}); check the address in the catalogue",
    )


def _unreachable(visit: _Visit, error: httpx.TransportError) -> SourceError:
    """Return what a failed exchange means: a certificate that is not valid is no matter of waiting."""
    host, detail = httpx.URL(visit.connection.address).host, visit.masked(error or type(error).__name__)
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return SourceError(
                REFUSED,
                reason_zh=f"{host} 的证书无效，未连接",
                reason_en=f"the certificate of {host} is not valid, so nothing was asked",
                detail=detail,
            )
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.TimeoutException):
        zh, en = "没有在限定时间内回答", "did not answer in time"
    elif isinstance(error, httpx.ConnectError):
        zh, en = "无法连接", "cannot be reached"
    else:
        zh, en = "的回答中途断开", "broke off its answer"
    return SourceError(UNAVAILABLE, reason_zh=f"{host} {zh}", reason_en=f"{host} {en}", detail=detail)


def _refused(zh: str, en: str, allowed: str | None = None) -> SourceError:
    return SourceError(REFUSED, reason_zh=f"{zh}，未采用", reason_en=f"{en}, so nothing is used", allowed=allowed)
