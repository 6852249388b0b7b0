"""Where a pull may connect to: judged addresses, redirections, certificates, and secrets that stay with their host."""

import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.sources.web_server import Site, answer


def test_a_redirection_within_the_host_is_followed(ask, site):
    site.pages |= {"/a.csv": answer(302, headers={"Location": "/b.csv"}), "/b.csv": answer(200, b"1")}
    assert ask(headers={"X-Key": "k"}).status == "new"
    assert site.paths == ["/a.csv", "/b.csv"]
    assert site.requests[1][2]["x-key"] == "k"


@pytest.mark.parametrize(
    "location",
    [
        "http://other.example/a.csv",
        "https://127.0.0.1:1/a.csv",
        "http://localhost:{port}/a.csv",
        "http://user:pass@127.0.0.1:{port}/a.csv",
        "http://127.0.0.1.example:{port}/a.csv",
        "http://[::ffff:127.0.0.1]:{port}/a.csv",
        "http://2130706433:{port}/a.csv",
        "file:///etc/passwd",
        "//169.254.169.254/latest",
        "http://[bad/",
    ],
)
def test_a_redirection_elsewhere_is_not_followed(ask, site, location):
    site.pages["/a.csv"] = answer(302, headers={"Location": location.format(port=site.port)})
    pulled = ask()
    assert (pulled.status, len(site.requests)) == ("refused", 1)
    assert "user:pass" not in pulled.message_zh + pulled.message_en


def test_redirections_in_a_circle_end(ask, site):
    site.pages["/a.csv"] = answer(307, headers={"Location": "/a.csv"})
    assert "more than 5 times" in ask().message_en
    assert len(site.requests) == 6


def test_a_redirection_to_an_address_of_the_machine_is_refused_even_for_a_named_host(ask, site):
    site.pages["/a.csv"] = answer(302, headers={"Location": "http://169.254.169.254/latest"})
    pulled = ask(hosts=["169.254.169.254"])
    assert "internal or reserved" in pulled.message_en


def test_private_addresses_are_not_contacted_unless_the_catalogue_says_so(ask, site):
    pulled = ask(private_network=False)
    assert (pulled.status, site.requests) == ("refused", [])
    assert pulled.findings["reference"].item() == "private_network: true"


def resolved(monkeypatch, *rounds: list[str]) -> list[str]:
    """Let names stand for these addresses, another round each time; return the names that were asked for."""
    asked: list[str] = []
    left = list(rounds)
    real = socket.getaddrinfo

    def fake(host, port, *arguments, **named):
        if str(host).replace(".", "").isdigit():
            return real(host, port, *arguments, **named)
        asked.append(host)
        addresses = left.pop(0) if len(left) > 1 else left[0]
        return [entry for address in addresses for entry in real(address, port, type=socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", fake)
    return asked


def test_the_judged_address_is_the_one_connected_to(ask, site, monkeypatch):
    asked = resolved(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
    site.pages["/a.csv"] = answer(200, b"1")
    assert ask(address=f"http://data.example:{site.port}/a.csv").status == "new"
    assert asked == ["data.example"]
    assert site.requests[0][2]["host"] == f"data.example:{site.port}"


def test_one_forbidden_address_among_several_forbids_the_host(ask, site, monkeypatch):
    resolved(monkeypatch, ["93.184.216.34", "127.0.0.1"])
    pulled = ask(address=f"http://data.example:{site.port}/a.csv", private_network=False)
    assert (pulled.status, site.requests) == ("refused", [])


def test_the_next_address_serves_when_the_first_does_not(ask, site, monkeypatch):
    resolved(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    site.pages["/a.csv"] = answer(200, b"1")
    assert ask(address=f"http://data.example:{site.port}/a.csv").status == "new"


def test_secret_headers_and_bodies_stay_with_their_host(ask, site, monkeypatch):
    resolved(monkeypatch, ["127.0.0.1"])
    ask.environment["KEY"] = "s3cret"
    changes = {
        "address": f"http://a.example:{site.port}/a.csv",
        "method": "POST",
        "headers": {"Authorization": "Bearer {key}"},
        "body": {"key": "{key}"},
        "secrets": {"key": "KEY"},
    }
    elsewhere = f"http://b.example:{site.port}/b.csv"
    site.pages |= {"/a.csv": answer(307, headers={"Location": elsewhere}), "/b.csv": answer(200, b"1")}
    assert ask(**changes, hosts=["b.example"]).status == "refused"
    assert ask(**changes, hosts=[f"b.example:{site.port}"]).status == "new"
    first, last = site.requests[0], site.requests[-1]
    assert (first[2]["authorization"], first[3]) == ("Bearer s3cret", b'{"key": "s3cret"}')
    assert (last[1], "authorization" in last[2], last[3]) == ("/b.csv", False, b"")


def test_a_redirection_after_a_post_repeats_it_or_gets_as_its_status_says(ask, site):
    site.pages |= {
        "/a": answer(307, headers={"Location": "/b"}),
        "/b": answer(303, headers={"Location": "/c"}),
        "/c": answer(200, b"1"),
    }
    assert ask("/a", method="POST", body={"x": 1}).status == "new"
    assert [(method, path, body) for method, path, _, body in site.requests] == [
        ("POST", "/a", b'{"x": 1}'),
        ("POST", "/b", b'{"x": 1}'),
        ("GET", "/c", b""),
    ]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """Return a certificate with its key for localhost that no authority has signed."""
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:data.example", "-days", "2"]
    files = ["-keyout", f"{path}.key", "-out", str(path)]
    subprocess.run([*command, *names, *files], check=True, capture_output=True, timeout=30)
    return path


def test_a_certificate_is_checked_by_name_against_the_authority_of_the_office(ask, site, certificate, monkeypatch):
    resolved(monkeypatch, ["127.0.0.1"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, f"{certificate}.key")
    secure = Site(context)
    secure.pages["/a.csv"] = answer(200, b"1")
    ask.environment["OFFICE_CA"] = str(certificate)
    try:
        good = f"https://data.example:{secure.port}/a.csv"
        untrusted = ask(address=good, allow_http=False)
        assert (untrusted.status, secure.requests) == ("refused", [])
        assert "certificate of data.example is not valid" in untrusted.message_en
        assert ask(address=good, allow_http=False, authority_variable="OFFICE_CA").status == "new"
        wrong_name = ask(address=good.replace("data", "other"), authority_variable="OFFICE_CA")
        assert (wrong_name.status, len(secure.requests)) == ("refused", 1)
        # A redirection to another name needs a certificate of that name.
        secure.pages["/b.csv"] = answer(302, headers={"Location": f"https://other.example:{secure.port}/a.csv"})
        other = {"hosts": [f"other.example:{secure.port}"], "authority_variable": "OFFICE_CA"}
        assert ask(address=good.replace("a.csv", "b.csv"), **other).status == "refused"
        assert secure.paths == ["/a.csv", "/b.csv"]
        ask.environment["OFFICE_CA"] = str(certificate.parent / "missing.pem")
        assert "missing or not in PEM" in ask(address=good, authority_variable="OFFICE_CA").message_en
    finally:
        secure.server.shutdown()
        secure.server.server_close()


def test_an_unknown_name_and_a_closed_port_are_unavailable(ask, site, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = ask(address=f"http://127.0.0.1:{free.getsockname()[1]}/a.csv", attempts=2)
    assert (closed.status, ask.pauses) == ("unavailable", [1])

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    pulled = ask(address="https://data.invalid/a.csv")
    assert (pulled.status, "cannot be resolved" in pulled.message_en) == ("unavailable", True)


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "localhost",
        "localhost.",
        "127.0.0.1.",
        "[::1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "0",
        "１２７.0.0.1",
        "127。0。0。1",
    ],
)
def test_no_spelling_of_the_own_machine_gets_around_the_judgement(ask, site, host):
    """However an address is written or a name resolved, the number that is connected to is what is judged."""
    assert ask(address=f"http://{host}:{site.port}/a.csv", private_network=False).status in {"refused", "unavailable"}
    assert site.requests == []
