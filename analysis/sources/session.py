"""One polite way to ask: contact in the user agent, a pause between requests, back-off that honours Retry-After, time-outs, resume.

`requests` does the transport and `tenacity` the retries. The key is added at the last moment and never stands in an address
that is kept, shown or logged; what the transport says about a failure is shown with the key struck out.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus, urlencode, urlsplit

import requests
import tenacity
import urllib3

from analysis.sources.answers import retry_after_s
from analysis.sources.errors import FormChanged, Incomplete, KeyRefused, SchemaChanged, SourceError
from analysis.sources.pages import Pages
from analysis.sources.settings import CONTACT_VARIABLE, Access
from analysis.sources.transport import Overdue, deadline, lasting, passing, proxy_wants_password

T = TypeVar("T")
Say = Callable[[str], None]

MAX_BODY_BYTES = 50_000_000
MOST_PAGES = 5_000  # of one run; the longest, all firms since 2009, asks for some 1,200
READ_BYTES = 65536
TEMPORARY = {408, 429, 500, 502, 503, 504}
TRANSPORT_LOGS = ("urllib3.connectionpool", "urllib3.util.retry", "requests")
STRUCK_OUT = "[key]"
LEAST_KEY = 8  # letters; a shorter text may stand in an answer by chance, and striking it out would change figures


def quietly(_line: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Manners:
    """How patiently a provider is asked. `pause_s` None means the provider's own."""

    attempts: int = 5
    connect_s: float = 10.0
    read_s: float = 60.0  # silence after which an answer is given up
    whole_s: float = 600.0  # longest time for one request, from its first attempt to the last byte of the last
    backoff_s: float = 1.0  # first wait before asking again; it doubles, up to a minute
    longest_wait_s: float = 120.0  # a longer Retry-After ends the run, to be resumed later
    pause_s: float | None = None


MANNERS = Manners()


@dataclass(frozen=True)
class Request:
    """One page to ask for. `params` hold no key; `label` says in words what it brings."""

    host: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    label: str = ""


class Temporary(Exception):
    """A failure that may pass; `wait_s` is what the server asked for."""

    def __init__(self, what: str, wait_s: float = 0.0):
        self.wait_s = wait_s
        super().__init__(what)


class _StrikeOut(logging.Filter):
    """Strikes the key out of the transport's debug log, which prints whole addresses."""

    def __init__(self, redact: Callable[[str], str]):
        super().__init__()
        self.redact = redact

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self.redact(record.getMessage()), ()
        return True


class Session:
    """Requests to one provider; use it as a context manager. `say` receives progress lines, which count to `expected` pages.

    Raises SourceError when a page cannot be had.
    """

    def __init__(
        self,
        access: Access,
        pages: Pages,
        *,
        say: Say = quietly,
        manners: Manners | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.access, self.provider, self.pages, self.say, self.sleep = access, access.provider, pages, say, sleep
        self.manners = manners or MANNERS
        self.pause_s = self.provider.pause_s if self.manners.pause_s is None else self.manners.pause_s
        backoff_s = self.manners.backoff_s
        self._backoff = tenacity.wait_exponential_jitter(initial=backoff_s, max=60, jitter=backoff_s)
        self._last = float("-inf")
        self._pages_seen, self.expected = 0, 0
        self._http = requests.Session()
        self._http.headers.update(
            {"User-Agent": f"The Chip Stalemate {access.contact}".strip(), "Accept-Encoding": "gzip, deflate"}
        )
        self._filter = _StrikeOut(self.redact)

    def __enter__(self) -> Session:
        for name in TRANSPORT_LOGS:
            logging.getLogger(name).addFilter(self._filter)
        return self

    def __exit__(self, *_unused: object) -> None:
        self._http.close()
        for name in TRANSPORT_LOGS:
            logging.getLogger(name).removeFilter(self._filter)

    def redact(self, text: str) -> str:
        """`text` without the key in any of the forms in which an address or a body may show it."""
        for form in self._forms_of_key():
            text = text.replace(form, STRUCK_OUT)
        return text

    def _forms_of_key(self) -> set[str]:
        key = self.access.key
        return {key, quote(key, safe=""), quote_plus(key), key.replace("/", r"\/")} - {""}

    def _without_key(self, body: bytes) -> bytes:
        """An answer as it is kept and read: without the key, should the provider repeat it."""
        if len(self.access.key) >= LEAST_KEY:
            for form in self._forms_of_key():
                body = body.replace(form.encode(), STRUCK_OUT.encode())
        return body

    def url(self, request: Request) -> str:
        """The address without the key: what may be shown, kept and cited."""
        query = f"?{urlencode(request.params)}" if request.params else ""
        return f"{self.access.hosts[request.host]}{request.path}{query}"

    def get(self, request: Request, parse: Callable[[bytes], T]) -> T:
        """The parsed answer: a kept page, or asked for anew. A page is kept only after `parse` has accepted it.

        `parse` may raise Incomplete (asked again), SchemaChanged or KeyRefused (not asked again).
        """
        url = self.url(request)
        self._pages_seen += 1
        place = f" {self._pages_seen} of {max(self.expected, self._pages_seen)}" if self.expected else f" {self._pages_seen}"
        if self._pages_seen > MOST_PAGES:
            raise SourceError(
                f"{self.provider.title} leads to more than {MOST_PAGES:,} pages.",
                "Ask for fewer months or firms; if the span is short, the interface is broken. Nothing was written.",
            )
        kept = self.pages.load(url)
        if kept is not None:
            self.say(f"{self.provider.name}{place}: {request.label or url} (kept from an earlier run)")
            return parse(kept)
        self.say(f"{self.provider.name}{place}: {request.label or url}")
        try:
            with deadline(self.manners.whole_s):
                body, parsed = self._answer(request, url, parse)
        except Overdue:
            raise SourceError(
                f"{self.provider.title} gave no whole answer within {self.manners.whole_s:g} seconds ({url}).", self._resume()
            ) from None
        self.pages.keep(url, body)
        return parsed

    def _answer(self, request: Request, url: str, parse: Callable[[bytes], T]) -> tuple[bytes, T]:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Temporary),
            stop=tenacity.stop_after_attempt(self.manners.attempts),
            wait=self._wait,
            sleep=self.sleep,
            before_sleep=self._say_wait,
            reraise=True,
        )
        try:
            return retrying(self._once, request, url, parse)
        except Temporary as failure:
            what = str(failure)
        raise SourceError(
            f"{self.provider.title} did not give a usable answer in {self.manners.attempts} attempts: {what} ({url}).",
            self._resume(),
        )

    def _once(self, request: Request, url: str, parse: Callable[[bytes], T]) -> tuple[bytes, T]:
        status, headers, body = self._send(request, url)
        if status in TEMPORARY:
            wait_s = retry_after_s(headers.get("Retry-After", ""))
            if wait_s > self.manners.longest_wait_s:
                raise SourceError(f"{self.provider.title} asks to wait {wait_s:,.0f} seconds (HTTP {status}).", self._resume())
            raise Temporary(f"HTTP {status}{self._said(body)}", wait_s)
        if status < 200:  # http.client takes an interim answer other than 100 for the whole one; the connection is out of step then
            self._http.close()
            raise Temporary(f"only an interim answer came (HTTP {status})")
        if status == 407:
            raise proxy_wants_password()
        if status in (301, 302, 303, 307, 308):
            target = headers.get("Location", "")
            if "key" in target.rsplit("/", 1)[-1]:
                raise self._key_refused()
            raise SourceError(f"{url} has moved.", "The address of the interface has changed: give the new one with --base-url.")
        if status == 401:
            raise self._key_refused()
        if status == 403:
            raise SourceError(
                f"{self.provider.title} refused the request (HTTP 403{self._said(body)}).",
                f"{self.provider.refused} {self._resume()}".strip(),
            )
        if status not in (200, 204):
            raise self._unexpected(status, body, url)
        try:
            return body, parse(body)
        except Incomplete as fault:
            what = f"the answer is incomplete: {self.redact(str(fault))}"
        except KeyRefused:
            raise self._key_refused() from None
        except SchemaChanged as fault:
            raise FormChanged(
                f"{self.provider.title} answered in another form than documented: {self.redact(str(fault))} ({url}).",
                "The interface may have changed; nothing was written. Report it, or correct the module that reads it.",
            ) from None
        raise Temporary(what)

    def _send(self, request: Request, url: str) -> tuple[int, Any, bytes]:
        """One request, no redirects followed. Transport failures become Temporary, with the key struck out."""
        self.sleep(max(0.0, self._last + self.pause_s - time.monotonic()))
        place, _, name = self.provider.key_place.partition(":")
        secret = {name: self.access.key} if self.access.key and name else {}
        try:
            with self._http.get(
                self.access.hosts[request.host] + request.path,
                params=[*request.params, *(secret.items() if place == "param" else ())],
                headers=secret if place == "header" else None,
                timeout=(self.manners.connect_s, self.manners.read_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                return response.status_code, response.headers, self._without_key(self._body(response))
        except (urllib3.exceptions.HTTPError, OSError) as failure:  # what requests raises is an OSError too
            if said := lasting(failure, urlsplit(self.access.hosts[request.host]).hostname or "the interface"):
                raise said from None
            what = passing(failure, self.manners.read_s)
        finally:
            self._last = time.monotonic()
        raise Temporary(what)

    def _body(self, response: requests.Response) -> bytes:
        """The body, refused when it is too large."""
        parts, size = [], 0
        # read1 gives what has come; requests' own way would wait for a full block, and a trickle never fills one.
        while part := response.raw.read1(READ_BYTES, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > MAX_BODY_BYTES:
                raise SourceError(
                    f"{self.provider.title} sent more than {MAX_BODY_BYTES / 1e6:.0f} MB for one page.", "Ask for fewer months."
                )
        return b"".join(parts)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        failure = state.outcome.exception() if state.outcome else None
        return max(getattr(failure, "wait_s", 0.0), self._backoff(state))

    def _say_wait(self, state: tenacity.RetryCallState) -> None:
        failure = state.outcome.exception() if state.outcome else None
        self.say(
            f"{self.provider.name}: {failure}; asking again in {state.next_action.sleep if state.next_action else 0:.0f} s "
            f"(attempt {state.attempt_number + 1} of {self.manners.attempts})"
        )

    def _said(self, body: bytes) -> str:
        """The first printable words of an error page, without the key."""
        words = " ".join("".join(c if c.isprintable() else " " for c in body[:2000].decode("utf-8", "replace")).split())
        return f": {self.redact(words)[:200]}" if words and not words.startswith("<") else ""

    def _unexpected(self, status: int, body: bytes, url: str) -> SourceError:
        said = self._said(body)
        if self.provider.key_variable and status == 400 and "key" in said.lower():
            return self._key_refused()
        return SourceError(
            f"{self.provider.title} answered HTTP {status}{said} ({url}).",
            "Check --from and --to; if they are right, the interface may have changed. Nothing was written.",
        )

    def _key_refused(self) -> SourceError:
        return SourceError(
            f"{self.provider.title} refuses the key in {self.provider.key_variable}.",
            f"Check it, and that the link in the provider's mail was opened; a new key: {self.provider.key_page}",
        )

    def _resume(self) -> str:
        return (
            f"{self.pages.count()} finished pages are kept: run the same command again to go on from there; "
            "no overlay was written. "
            f"({CONTACT_VARIABLE} {'is' if self.access.contact else 'is not'} set.)"
        )
