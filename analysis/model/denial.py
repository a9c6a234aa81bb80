"""Block 12: a proxy for the security benefit, in months of denied access; never priced in dollars."""

from __future__ import annotations


def denied_share(access: float, substitutable: float, allied_coverage: float) -> float:
    """(1 - a)(1 - A (1 - v)): not supplied by US firms and not replaceable from elsewhere."""
    return (1 - access) * (1 - substitutable * (1 - allied_coverage))
