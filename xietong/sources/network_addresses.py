"""Which network addresses may be contacted: public ones, and private ones only where the catalogue says so.

Every address that a name stands for is judged, and the caller connects to a judged address, not to
the name again: a name that points elsewhere a moment later gains nothing.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from xietong.sources.arrivals import REFUSED, UNAVAILABLE, SourceError

#: Shared by customers of a provider (RFC 6598): neither public nor private in Python's terms.
_SHARED: Final = ip_network("100.64.0.0/10")
#: IPv6 networks whose addresses carry an IPv4 address in their last four bytes (RFC 6052, RFC 8215).
_TRANSLATED: Final = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/96"))
_SITE_LOCAL: Final = ip_network("fec0::/10")


def is_allowed(address: IPv4Address | IPv6Address, *, private_network: bool) -> bool:
    """Return whether the address may be contacted.

    Never: unspecified, multicast, link-local (where cloud machines keep their credentials) and
    reserved addresses. Loopback, private and shared ones: only with ``private_network``. An IPv6
    address that carries an IPv4 address is judged by both.
    """
    if isinstance(address, IPv6Address):
        carried = _carried(address)
        if carried is not None:
            return is_allowed(carried, private_network=private_network)
        if address in _SITE_LOCAL:
            return False
    if address.is_unspecified or address.is_multicast or address.is_link_local:
        return False
    if address.is_loopback or _is_private(address):
        return private_network
    return address.is_global and not address.is_reserved


def _is_private(address: IPv4Address | IPv6Address) -> bool:
    """Return whether the address is one of RFC 1918, RFC 4193 or RFC 6598, which is narrower than ``is_private``."""
    if isinstance(address, IPv6Address):
        return address in ip_network("fc00::/7")
    return any(address in ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", _SHARED))


def _carried(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address inside: mapped, 6to4, Teredo (the client) or translated."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in network for network in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def judged_addresses(host: str, port: int, *, private_network: bool) -> tuple[str, ...]:
    """Return every address of the host, in the resolver's order, all of them allowed.

    Raises:
        SourceError: the name is unknown, or one of its addresses is not allowed.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceError(
            UNAVAILABLE,
            reason_zh=f"主机名 {host} 无法解析",
            reason_en=f"the host name {host} cannot be resolved",
            detail=str(error),
        ) from error
    addresses = tuple(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    for address in addresses:
        if not is_allowed(ip_address(address), private_network=private_network):
            raise SourceError(
                REFUSED,
                reason_zh=f"主机 {host} 指向内部或保留地址，不予连接；内网来源须在目录中写明 private_network: true",
                reason_en=f"the host {host} stands for an internal or reserved address and is not contacted; a source"
                " on an intranet needs private_network: true in the catalogue",
                allowed="private_network: true" if not private_network else None,
                detail=address,
            )
    return addresses
