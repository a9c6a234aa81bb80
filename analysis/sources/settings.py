"""What is said and sent to a provider: addresses, limits, key, contact. Keys and contact come from the environment only."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from analysis.sources.errors import SourceError

CONTACT_VARIABLE = "CHIP_CONTACT"  # an e-mail address for the provider's administrators, sent in the user agent
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Provider:
    """One provider. `key_place` is `param:NAME` or `header:NAME`; `hosts` are base addresses by a short name."""

    name: str
    title: str
    hosts: Mapping[str, str]
    pause_s: float  # shortest time between two requests
    first_month: str  # where a refresh begins unless told otherwise
    key_variable: str = ""
    key_place: str = ""
    key_page: str = ""  # where a person gets a key
    contact_needed: bool = False
    refused: str = ""  # what to do when the provider answers 403


@dataclass(frozen=True)
class Access:
    """A provider as it is used in one run: its addresses, the key and the contact."""

    provider: Provider
    hosts: Mapping[str, str]
    key: str = field(default="", repr=False)
    contact: str = ""


def access(provider: Provider, base_url: str = "", environment: Mapping[str, str] | None = None, *, asking: bool = True) -> Access:
    """Addresses (all replaced by `base_url` when it is given), key and contact; a dry run is not `asking`, so it needs neither.

    Raises SourceError that names the missing variable and says how to get it.
    """
    environment = os.environ if environment is None else environment
    hosts = dict.fromkeys(provider.hosts, base_url.rstrip("/")) if base_url else dict(provider.hosts)
    for address in hosts.values():
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise SourceError(
                f"{address!r} is not an https address.",
                "Give one; plain http is accepted for this machine only, because the key would travel readable.",
            )
    key = environment.get(provider.key_variable, "").strip() if provider.key_variable else ""
    if provider.key_variable and asking and not key:
        raise SourceError(
            f"{provider.title} wants an API key and {provider.key_variable} is not set.",
            f"Get a key at {provider.key_page} (free), then: export {provider.key_variable}=…",
        )
    if not re.fullmatch(r"[!-~]*", key):   # the message does not show it
        raise SourceError(
            f"{provider.key_variable} holds characters that no key has.",
            f"Copy the key again, letter by letter if need be; a new key: {provider.key_page}",
        )
    contact = environment.get(CONTACT_VARIABLE, "").strip()
    if contact and not re.fullmatch(r"[ -~]{1,200}", contact):
        raise SourceError(f"{CONTACT_VARIABLE} holds characters that cannot be sent.", "Use plain letters and an e-mail address.")
    if provider.contact_needed and asking and not re.search(r"[^@\s]+@[^@\s]+\.[^@\s]+", contact):
        raise SourceError(
            f"{provider.title} turns away programs that do not say whom to contact, and {CONTACT_VARIABLE} holds no e-mail "
            "address.",
            f"Set it to your name and address: export {CONTACT_VARIABLE}='Name name@example.org'",
        )
    return Access(provider, hosts, key, contact)
