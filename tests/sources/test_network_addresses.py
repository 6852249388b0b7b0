"""Which addresses a pull may contact, in every way to write them."""

from ipaddress import ip_address

import pytest

from xietong.sources.network_addresses import is_allowed


@pytest.mark.parametrize(
    ("address", "public", "private"),
    [
        ("8.8.8.8", True, True),
        ("2400:3200::1", True, True),
        ("10.1.2.3", False, True),
        ("172.31.255.255", False, True),
        ("172.32.0.1", True, True),
        ("192.168.0.1", False, True),
        ("127.8.8.8", False, True),
        ("100.64.0.1", False, True),
        ("fd12::1", False, True),
        ("::1", False, True),
        ("::ffff:10.0.0.1", False, True),
        ("::ffff:8.8.8.8", True, True),
        ("64:ff9b::7f00:1", False, True),
        ("2002:7f00:1::", False, True),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("64:ff9b::a9fe:a9fe", False, False),
        ("fe80::1", False, False),
        ("fec0::1", False, False),
        ("::", False, False),
        ("0.0.0.0", False, False),  # noqa: S104
        ("224.0.0.1", False, False),
        ("ff02::1", False, False),
        ("240.0.0.1", False, False),
        ("255.255.255.255", False, False),
        ("192.0.2.1", False, False),
        ("198.18.0.1", False, False),
        ("::127.0.0.1", False, False),
    ],
)
def test_which_addresses_may_be_contacted(address, public, private):
    judged = [is_allowed(ip_address(address), private_network=allowed) for allowed in (False, True)]
    assert judged == [public, private]
