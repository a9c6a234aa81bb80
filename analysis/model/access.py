"""Block 2: what may legally be shipped in limbo.

Part of the goods needs no licence (foreign-made below the de minimis share, or covered by the temporary licence). The
rest is shipped as licences are decided, with a processing lag, and then only what is approved and used. The two parts are
different goods: more orders of the one are no help where the other is missing, so each has its own orders and its own
stock. Licences are sought for ordinary needs, not for filling a store.
"""

from __future__ import annotations


def licence_queue_step(queue: float, filed: float, lag_months: float) -> float:
    """Geometric processing lag with mean `lag_months`: the released flow moves towards the filed flow.

    Equals the sum over k of phi_k filed_{t-k} with geometric phi, so what is filed is in the end released or pending.
    """
    return queue + (filed - queue) / lag_months


def shipments(orders: float, limbo: float, denied: float, licensed: float) -> float:
    """Legal shipments of goods that need a licence in limbo.

    limbo, denied: shares of the month under provisional permission and under a ban; licensed: flow that decided licences
    allow, approved and used. Goods that need no licence are the case limbo = 0.
    """
    return orders * (1 - limbo - denied) + min(licensed, limbo * orders)
