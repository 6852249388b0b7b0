"""Secrets come from the environment and leave in no message."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote, quote_plus

from xietong.sources.arrivals import REFUSED, SourceError

_MASK: Final = "***"
_USER_AND_PASSWORD: Final = re.compile(r"(?<=://)[^/\s@]*(?:@[^/\s@]*)*(?=@)")
_TOKEN: Final = re.compile(
    r"(?i)\b((?:access[_-]?|api[_-]?|auth[_-]?)?(?:token|key|secret|signature|sig|password|passwd|pwd|appid)=)[^&\s\"']+"
)


def secret_from(environment: Mapping[str, str], variable: str) -> str:
    """Return the value of the variable.

    Raises:
        SourceError: it is not set.
    """
    value = environment.get(variable, "").strip()
    if not value:
        raise SourceError(
            REFUSED,
            reason_zh=f"环境变量 {variable} 没有设置，无法连接",
            reason_en=f"the environment variable {variable} is not set, so there is no connection",
            allowed=variable,
        )
    return value


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text on one line without the secrets, user and password of an address, or the value of a token."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        for spelling in {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}:
            text = text.replace(spelling, _MASK)
    text = _USER_AND_PASSWORD.sub(_MASK, text)
    return " ".join(_TOKEN.sub(rf"\1{_MASK}", text).split())
