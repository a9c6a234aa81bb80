"""Block 6: final sales that a denied customer loses go to rivals, who buy US chips too.

Only the part that no non-US supplier backfills becomes a lost final sale: the share of needs counted as denied
(:func:`analysis.model.denial.denied_share`), so that a part with another source is taken off once. The rival's US content can
be higher than the denied customer's, who used chips of its own.
"""

from __future__ import annotations


def won_by_chinese_makers(lost_listed: float, unlisted_open: float, to_unlisted: float, us_content_ratio: float) -> float:
    """US sales won through other Chinese makers, who build what the listed customer could not; same unit as the loss.

    lost_listed: value of US parts missed and not backfilled; unlisted_open: share of other Chinese customers' purchases that is
    not denied (rivals under the same rule gain nothing). The rest are parameters.
    """
    return us_content_ratio * to_unlisted * lost_listed * unlisted_open


def won_elsewhere(lost_listed: float, lost_unlisted: float, elsewhere: float, us_content_ratio: float) -> float:
    """US sales won through makers outside China, from the losses of both groups of Chinese customers."""
    return us_content_ratio * elsewhere * (lost_listed + lost_unlisted)
