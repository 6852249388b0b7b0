"""Messages arrive in the form that each robot takes, and neither a dead nor a hanging address holds anybody up."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from xietong.notification import Message, Notifier, Webhook

MESSAGE = Message(
    "units_late", "chongqing", "报送期限已过，以下单位尚未报送：", ("2025-12：万州区、涪陵区",), {"units": "2"}
)
TEXT = "【协同】报送期限已过，以下单位尚未报送：\n2025-12：万州区、涪陵区"
NOW = 1_763_000_000.5


class Robot(ThreadingHTTPServer):
    """A server on this machine that keeps what it was sent and answers as it is told to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[tuple[str, dict]] = []
        self.answers: list[tuple[int, bytes]] = []
        self.goes_on = threading.Event()
        self.hangs = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/robot/send?access_token=geheim"


class _Handler(BaseHTTPRequestHandler):
    server: Robot

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, json.loads(body)))
        if self.server.hangs:
            self.server.goes_on.wait(10)
            return
        status, answer = self.server.answers.pop(0) if self.server.answers else (200, b'{"errcode": 0}')
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def robot(monkeypatch) -> Iterator[Robot]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("xietong.notification._PAUSES", (0.02, 0.02))
    with Robot() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.goes_on.set()
        server.shutdown()
        thread.join()


def delivered(address: str, seconds: float = 5) -> list[str]:
    notifier = Notifier([address], seconds)
    notifier.tell(MESSAGE)
    return notifier.close()


@pytest.mark.parametrize(
    ("form", "answer", "body"),
    [
        ("dingtalk", b'{"errcode":0,"errmsg":"ok"}', {"msgtype": "text", "text": {"content": TEXT}}),
        ("wecom", b'{"errcode":0,"errmsg":"ok"}', {"msgtype": "text", "text": {"content": TEXT}}),
        ("feishu", b'{"code":0,"msg":"success"}', {"msg_type": "text", "content": {"text": TEXT}}),
        ("feishu", b'{"StatusCode":0}', {"msg_type": "text", "content": {"text": TEXT}}),
        (
            "json",
            b"thank you",
            {"occasion": "units_late", "edition": "chongqing", "text": TEXT, "facts": {"units": "2"}},
        ),
    ],
)
def test_each_form_arrives_as_its_robot_takes_it(robot, form, answer, body) -> None:
    robot.answers = [(200, answer)]
    assert delivered(f"{form}+{robot.address}") == []
    assert robot.received == [("/robot/send?access_token=geheim", body)]


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("https://oapi.dingtalk.com/robot/send?access_token=a", "dingtalk"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a", "wecom"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/a", "feishu"),
        ("https://open.larksuite.com/open-apis/bot/v2/hook/a", "feishu"),
        ("https://oa.example.cn/hook", "json"),
        ("wecom+http://10.0.0.5/relay", "wecom"),
    ],
)
def test_the_host_tells_the_form_unless_it_is_stated(address, form) -> None:
    assert Webhook.parse(address).form == form


@pytest.mark.parametrize("address", ["ftp://a.example/x", "robot", "telegram+https://a.example/SECRET", "https:///x"])
def test_an_address_that_is_none_is_told_by_its_place_only(address) -> None:
    (problem,) = delivered(address)
    assert problem.startswith("notification address 1: ")
    assert "SECRET" not in problem


def test_dingtalk_is_signed_in_the_address() -> None:
    webhook = Webhook.parse("https://oapi.dingtalk.com/robot/send?access_token=a#SECabc")
    url, body = webhook.request(MESSAGE, NOW)
    query = parse_qs(urlsplit(url).query)
    expected = hmac.new(b"SECabc", b"1763000000500\nSECabc", hashlib.sha256).digest()
    assert query == {
        "access_token": ["a"],
        "timestamp": ["1763000000500"],
        "sign": [base64.b64encode(expected).decode()],
    }
    assert "#" not in url
    assert body == {"msgtype": "text", "text": {"content": TEXT}}


def test_feishu_is_signed_in_the_body() -> None:
    url, body = Webhook.parse("https://open.feishu.cn/open-apis/bot/v2/hook/a#abc").request(MESSAGE, NOW)
    expected = hmac.new(b"1763000000\nabc", b"", hashlib.sha256).digest()
    assert url == "https://open.feishu.cn/open-apis/bot/v2/hook/a"
    assert (body["timestamp"], body["sign"]) == ("1763000000", base64.b64encode(expected).decode())


def test_what_is_busy_is_tried_again(robot) -> None:
    robot.answers = [(503, b""), (429, b""), (200, b'{"errcode":0}')]
    assert delivered(f"dingtalk+{robot.address}") == []
    assert len(robot.received) == 3


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((200, b'{"errcode":310000,"errmsg":"keywords not in content"}'), "refused the message with code 310000"),
        ((200, b'{"code":19021,"msg":"sign match fail"}'), "refused the message with code 19021"),
        ((200, b"<html>log in</html>"), "its answer is not that of a robot"),
        ((200, b"[1]"), "its answer is not that of a robot"),
        ((200, b"{}"), "refused the message with code None"),
        ((403, b""), "it answered with status 403"),
        ((302, b""), "it answered with status 302"),
    ],
)
def test_a_refusal_is_told_once_and_without_the_secret(robot, answer, problem) -> None:
    robot.answers = [answer]
    (told,) = delivered(f"dingtalk+{robot.address}")
    assert told.startswith("notification 127.0.0.1: ")
    assert problem in told
    assert "geheim" not in told
    assert len(robot.received) == 1


def test_an_address_that_is_down_is_given_up_and_stops_no_other(robot) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as closed:
        dead = f"feishu+http://127.0.0.1:{closed.server_port}/hook/geheim"
    notifier = Notifier([dead, f"wecom+{robot.address}"], 5)
    notifier.tell(MESSAGE)
    assert notifier.close() == ["notification 127.0.0.1: no connection (ConnectError)"]
    assert len(robot.received) == 1


def test_an_address_that_hangs_holds_nobody_up(robot) -> None:
    robot.hangs = True
    notifier = Notifier([f"dingtalk+{robot.address}"], 0.6)
    started = time.monotonic()
    notifier.tell(MESSAGE)
    assert time.monotonic() - started < 0.3
    (problem,) = notifier.close()
    assert time.monotonic() - started < 3
    assert problem.startswith("notification 127.0.0.1: no answer")
    assert notifier.close() == []


def test_a_long_message_is_cut_to_what_robots_take() -> None:
    text = Message("run_failed", "chongqing", "失败", tuple("区县" * 50 for _ in range(30))).text
    assert len(text.encode()) <= 2000
    assert text.endswith("…")
    assert text.startswith("【协同】失败\n区县")
