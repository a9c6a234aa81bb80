"""What an answer says: its body as JSON, and how long its header asks to wait."""

from __future__ import annotations

import json
import time
from email.utils import parsedate_to_datetime
from typing import Any

from analysis.sources.errors import Incomplete, KeyRefused, SchemaChanged

MOST_VALUES = 1_000_000  # the longest answer, ten years of one reporter's trade, has some thousands


def read_json(body: bytes) -> Any:
    """The body as JSON. Raises Incomplete when it is not, KeyRefused when it is a page about keys, SchemaChanged when it holds more
    values than any answer needs: as objects they would take a hundred times its size in memory."""
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MOST_VALUES:
        raise SchemaChanged(f"it holds more than {MOST_VALUES:,} values")
    try:
        return json.loads(body)
    except RecursionError:
        raise SchemaChanged("it is nested too deeply") from None
    except ValueError:
        text = body[:3000].decode("utf-8", "replace").lower()
    if "<html" in text and ("invalid key" in text or "missing key" in text or "<em>key</em>" in text):
        raise KeyRefused
    raise Incomplete("it is a web page, not JSON" if "<html" in text else "the JSON does not end")


def retry_after_s(value: str) -> float:
    """Seconds of a Retry-After header: a number or a date (RFC 9110, section 10.2.3); 0 when it is neither."""
    if value.isascii() and value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return 0.0
