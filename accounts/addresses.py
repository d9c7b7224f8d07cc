"""Whose call it is, as far as the network tells."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The caller's; of IPv6 the network, for one subscriber has 2^64 of them.

    What X-Forwarded-For says is believed behind our own proxy alone, and of it only what that proxy wrote: the last.
    """
    found: str = request.META.get("REMOTE_ADDR") or ""
    if settings.BEHIND_TLS_PROXY:
        found = request.headers.get("X-Forwarded-For", found).rpartition(",")[2].strip()
    try:
        address = ip_address(found.partition("%")[0])
    except ValueError:
        return "unknown"
    if address.version == 6 and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address) if address.version == 4 else str(ip_network((address, 64), strict=False))
