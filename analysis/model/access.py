"""Block 2: what may legally be shipped in limbo.

Part of the goods needs no licence (foreign-made below the de minimis share, or covered by the temporary licence). The
rest is shipped as licences are decided, with a processing lag, and then only what is approved and used.
"""

from __future__ import annotations

import numpy as np


def licence_queue_step(queue: np.ndarray, filed: np.ndarray, lag_months: np.ndarray) -> np.ndarray:
    """Geometric processing lag with mean `lag_months`: the released flow moves towards the filed flow.

    Equals the sum over k of phi_k filed_{t-k} with geometric phi, so what is filed is in the end released or pending.
    """
    return queue + (filed - queue) / lag_months


def shipments(
    orders: np.ndarray, limbo: np.ndarray, denied: np.ndarray, released: np.ndarray, licence_free_share: np.ndarray,
    licensed_share: np.ndarray,
) -> np.ndarray:
    """Legal shipments (same shape as orders).

    orders: what the customer wants; limbo, denied: shares of it under provisional permission and under a ban;
    released: flow for which licences have been decided; licensed_share: approved times used.
    """
    provisional = limbo * orders
    licensed = np.minimum(licensed_share * released, provisional)
    return orders * (1 - limbo - denied) + licence_free_share * provisional + (1 - licence_free_share) * licensed
