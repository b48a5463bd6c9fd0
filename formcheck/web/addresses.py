"""This machine's addresses in its networks, by which others find it."""

import ipaddress
import socket
from typing import Final

import psutil

_INNER: Final = (
    *("docker", "br-", "veth", "virbr", "vboxnet", "vmnet", "lxc"),
    *("utun", "tun", "tap", "wg", "tailscale", "zt"),
)
"""Beginnings of the names of interfaces that lead to no phone: virtual machines, tunnels."""


def addresses() -> list[str]:
    """IPv4 addresses by which the machines of the same network find this one, the likeliest first."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found = [
        (name.lower().startswith(_INNER), not ipaddress.ip_address(one.address).is_private, name, one.address)
        for name, all_of_it in psutil.net_if_addrs().items()
        for one in all_of_it
        if name in up and one.family == socket.AF_INET and _leads_out(one.address)
    ]
    return [address for *_, address in sorted(found)]


def _leads_out(address: str) -> bool:
    said = ipaddress.ip_address(address)
    return not (said.is_loopback or said.is_link_local or said.is_unspecified)
