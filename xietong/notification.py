"""Messages to people: a webhook of a chat robot, or of any system that takes JSON.

A message never holds a run up: each is sent by a thread of its own, a few times if need be, and
given up when its time is over. An address is a secret (whoever knows it can write into the group), so
no error names more of it than the host.
"""

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

Form = Literal["dingtalk", "wecom", "feishu", "json"]
Occasion = Literal["run_failed", "review_waiting", "units_late", "target_failed"]

_FORMS: Final[Mapping[str, Form]] = {
    "oapi.dingtalk.com": "dingtalk",
    "qyapi.weixin.qq.com": "wecom",
    "open.feishu.cn": "feishu",
    "open.larksuite.com": "feishu",
}
#: Robots refuse longer texts; the shortest limit is 2048 bytes (WeCom).
_TEXT_BYTES: Final = 2000
#: Of an answer, only the code that a robot gives matters.
_ANSWER_BYTES: Final = 65_536
_PAUSES: Final = (0.5, 2.0, 5.0)
_TIMEOUT: Final = 5.0
_WORTH_ANOTHER_TRY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Message:
    """Something that people are told: a sentence, details, and what it is about for a system that sorts messages."""

    occasion: Occasion
    edition: str
    sentence: str
    details: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return what stands in the chat; the first word is one that a robot can be told to ask for."""
        whole = "\n".join([f"【协同】{self.sentence}", *self.details]).encode()
        if len(whole) <= _TEXT_BYTES:
            return whole.decode()
        return whole[: _TEXT_BYTES - len("…".encode())].decode(errors="ignore") + "…"


@dataclass(frozen=True)
class Webhook:
    """Where messages go, in which form, and the secret they are signed with, if the robot asks for one."""

    url: str
    form: Form
    secret: str = ""

    @classmethod
    def parse(cls, address: str) -> "Webhook":
        """Return the webhook of an address.

        The host tells the form; ``feishu+https://…`` states it for a host that does not. What follows ``#`` is
        the robot's signing secret and is never sent.

        Raises:
            ValueError: the address is no web address, or its form is not known; the message does not repeat it.
        """
        parts = urlsplit(address)
        stated, plus, scheme = parts.scheme.rpartition("+")
        if scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("a notification address begins with https://, or with a form such as feishu+https://")
        form = stated if plus else _FORMS.get(parts.hostname, "json")
        if form not in {"dingtalk", "wecom", "feishu", "json"}:
            raise ValueError("the forms of notification addresses are dingtalk, wecom, feishu and json")
        url = urlunsplit((scheme, parts.netloc, parts.path, parts.query, ""))
        return cls(url, form, parts.fragment)  # type: ignore[arg-type]  # it is one of the four

    @property
    def host(self) -> str:
        """Return what of the address may be named."""
        return urlsplit(self.url).hostname or ""

    def request(self, message: Message, now: float) -> tuple[str, dict[str, Any]]:
        """Return the address and the JSON body that take the message, signed for this moment."""
        if self.form == "json":
            return self.url, {
                "occasion": message.occasion,
                "edition": message.edition,
                "text": message.text,
                "facts": dict(message.facts),
            }
        if self.form == "feishu":
            body: dict[str, Any] = {"msg_type": "text", "content": {"text": message.text}}
            if self.secret:
                moment = str(int(now))
                body |= {"timestamp": moment, "sign": _signature(f"{moment}\n{self.secret}", "")}
            return self.url, body
        body = {"msgtype": "text", "text": {"content": message.text}}
        if self.form == "wecom" or not self.secret:
            return self.url, body
        moment = str(int(now * 1000))
        parts = urlsplit(self.url)
        signed = {"timestamp": moment, "sign": _signature(self.secret, f"{moment}\n{self.secret}")}
        return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), *signed.items()]))), body


def _signature(key: str, text: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), hashlib.sha256)).decode("ascii")


class Notifier:
    """Tells every address of a message without holding its caller up; afterwards it knows what did not arrive."""

    def __init__(self, addresses: Sequence[str], seconds: float) -> None:
        self._seconds = seconds
        self._deliveries: list[_Delivery] = []
        self._problems: list[str] = []
        self._webhooks: list[Webhook] = []
        for number, address in enumerate(addresses, start=1):
            try:
                self._webhooks.append(Webhook.parse(address))
            except ValueError as error:
                self._problems.append(f"notification address {number}: {error}")

    def tell(self, message: Message) -> None:
        """Begin to send a message to every address, and return at once."""
        for webhook in self._webhooks:
            delivery = _Delivery(webhook, message, time.monotonic() + self._seconds)
            self._deliveries.append(delivery)
            threading.Thread(target=delivery.run, daemon=True).start()

    def close(self) -> list[str]:
        """Wait until everything was taken or its time is over; return one sentence for each that was not taken."""
        problems, self._problems = self._problems, []
        for delivery in self._deliveries:
            # A moment more than its own limit, in which the thread says what went wrong.
            if not delivery.is_over.wait(max(0.0, delivery.until - time.monotonic()) + 0.5):
                problems.append(f"notification {delivery.webhook.host}: no answer within {self._seconds:g} s")
            elif delivery.problem:
                problems.append(f"notification {delivery.webhook.host}: {delivery.problem}")
        self._deliveries = []
        return problems


class _Delivery:
    """One message on its way to one address."""

    def __init__(self, webhook: Webhook, message: Message, until: float) -> None:
        self.webhook = webhook
        self.message = message
        self.until = until
        self.problem = ""
        self.is_over = threading.Event()

    def run(self) -> None:
        """Send until it is taken, until another try is of no use, or until the time is over."""
        try:
            for pause in (*_PAUSES, None):
                is_worth_another, self.problem = self._attempt()
                if not is_worth_another or pause is None or time.monotonic() + pause >= self.until:
                    return
                time.sleep(pause)
        except Exception as error:  # noqa: BLE001 — a message that cannot be sent must not end the run it tells of
            self.problem = f"it could not be sent ({type(error).__name__})"
        finally:
            self.is_over.set()

    def _attempt(self) -> tuple[bool, str]:
        """Return whether another try may help, and what was wrong; nothing when the message was taken."""
        import httpx

        url, body = self.webhook.request(self.message, time.time())
        timeout = max(0.1, min(_TIMEOUT, self.until - time.monotonic()))
        try:
            with httpx.stream("POST", url, json=body, timeout=timeout, follow_redirects=False) as response:
                content = b""
                for part in response.iter_bytes():
                    content += part
                    if len(content) > _ANSWER_BYTES:
                        break
        except httpx.TimeoutException:
            return True, "no answer in time"
        except httpx.TransportError as error:
            return True, f"no connection ({type(error).__name__})"
        if response.status_code in _WORTH_ANOTHER_TRY:
            return True, f"it answered with status {response.status_code}"
        if not response.is_success:
            return False, f"it answered with status {response.status_code}"
        return False, self._refusal(content)

    def _refusal(self, content: bytes) -> str:
        """Return why a robot did not take the message; robots say so under status 200."""
        import json

        if self.webhook.form == "json":
            return ""
        try:
            answer = json.loads(content)
            code = answer.get("errcode", answer.get("code", answer.get("StatusCode")))
        except (ValueError, AttributeError):
            return "its answer is not that of a robot"
        return "" if code == 0 else f"the robot refused the message with code {code}"
