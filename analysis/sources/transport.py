"""What went wrong on the way, in words that say what to do; and one deadline for a whole request.

The time-outs of `requests` are for one silence each: headers that trickle, trailers that never end or one interim answer after
another would hold a request for ever. So an alarm of the system ends it, whatever it is doing.
"""

from __future__ import annotations

import contextlib
import re
import signal
import ssl
import threading
from collections.abc import Iterator

import requests
import urllib3

from analysis.sources.errors import SourceError


class Overdue(Exception):
    """A request that took longer than it may as a whole."""


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise Overdue in the block when it takes longer. The system delivers alarms to the main thread only; elsewhere the
    time-outs of the single steps remain."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def passed(_signal: int, _frame: object) -> None:
        raise Overdue

    before = signal.signal(signal.SIGALRM, passed)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def lasting(failure: Exception, host: str) -> SourceError | None:
    """What to say of a failure that will not pass by asking again: of a proxy or of a certificate; None for others.

    Nothing of the failure's own words is shown, because they may hold the proxy's password.
    """
    said = " ".join(str(one) for one in _causes(failure))
    if re.search(r"\b407\b.*Proxy|failed: 407", said):
        return proxy_wants_password()
    if isinstance(failure, requests.exceptions.InvalidProxyURL | requests.exceptions.InvalidURL) or "proxy scheme" in said.lower():
        return SourceError(
            "The address of the proxy cannot be used.",
            "Write HTTPS_PROXY as http://name:password@host:port, signs such as @ or / in the password as %40 or %2F.",
        )
    certificate = next((one for one in _causes(failure) if isinstance(one, ssl.SSLCertVerificationError)), None)
    if certificate is not None:
        return _certificate_refused(certificate, host)
    if "CA certificate bundle" in said or "TLS key file" in said:
        return SourceError(
            "The file of certificates that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names is not there.",
            "Correct the variable, or unset it to use the usual certificates.",
        )
    if re.search(r"WRONG_VERSION_NUMBER|UNKNOWN_PROTOCOL|HTTP_REQUEST", said):
        return SourceError(
            f"What answers for {host} does not speak TLS.",
            "A proxy or a sign-in page of the network probably stands between: open a browser and sign in, or check HTTPS_PROXY.",
        )
    return None


def passing(failure: Exception, read_s: float) -> str:
    """What to say of any other failure; asking again may help."""
    if isinstance(failure, requests.Timeout):
        return f"no answer within {read_s:g} seconds"
    if isinstance(failure, urllib3.exceptions.ReadTimeoutError):
        return f"the answer broke off: nothing more came for {read_s:g} seconds"
    if isinstance(failure, urllib3.exceptions.HTTPError) or "Incomplete" in str(failure):
        return "the answer broke off"
    if isinstance(failure, requests.ConnectionError):
        return "no connection; is this machine online?"
    return type(failure).__name__


def proxy_wants_password() -> SourceError:
    return SourceError(
        "The proxy between this machine and the network wants a name and a password (HTTP 407).",
        "Set HTTPS_PROXY to http://name:password@host:port, signs such as @ or / in the password as %40 or %2F.",
    )


def _certificate_refused(failure: ssl.SSLCertVerificationError, host: str) -> SourceError:
    why = failure.verify_message or "verification failed"
    if "self-signed" in why or "self signed" in why or "unable to get" in why:
        return SourceError(
            f"The connection to {host} shows a certificate that this machine does not know ({why}).",
            "The network probably opens TLS and signs with its own certificate: ask its administrators for the file, and set "
            "REQUESTS_CA_BUNDLE to its path. The check is never switched off, because the key would be read on the way.",
        )
    return SourceError(
        f"The certificate of {host} is not accepted ({why}).",
        "Check this machine's clock and the address; if both are right, try again tomorrow.",
    )


def _causes(failure: BaseException) -> list[BaseException]:
    """The failure and what it was raised from, as the libraries wrap it in several layers."""
    found: list[BaseException] = []
    waiting: list[object] = [failure]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found
