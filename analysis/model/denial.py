"""Block 12: a proxy for the security benefit, in months of denied access; never priced in dollars."""

from __future__ import annotations

import numpy as np


def denied_share(access: np.ndarray, substitutable: np.ndarray, allied_coverage: np.ndarray) -> np.ndarray:
    """(1 - a)(1 - A (1 - v)): not supplied by US firms and not replaceable from elsewhere."""
    return (1 - access) * (1 - substitutable * (1 - allied_coverage))
