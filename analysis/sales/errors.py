"""The traps of the sales data, each with its own error, so that none can be stepped into silently.

The published figures for "US chip sales to China" differ by a factor of ten because they measure different things.
Arithmetic across two measurements raises the error that names what differs.
"""


class TrapError(ValueError):
    """Arithmetic on figures that do not measure the same thing; the message names both sides and what differs."""


class MixedBasisError(TrapError):
    """Lines on different attribution bases (billing, ship-to, headquarters, facility) were put into one sum or change."""


class MixedPeriodTypeError(TrapError):
    """Annual figures were combined with recasts, alternative bases, quarters, halves, partial years or totals."""


class RepeatedFirmYearError(TrapError):
    """One firm's year would enter a sum more than once."""


class BasisBreakError(TrapError):
    """A change of disclosure basis was about to be read as a change of sales."""


class RestatementError(TrapError):
    """A figure as first reported was compared with one as later recast."""


class TaiwanIncludedError(TrapError):
    """A "China" line that includes Taiwan (AMD to 2016) was used as a China line."""


class HongKongMismatchError(TrapError):
    """Hong Kong is on one side of a comparison only, or would be added twice."""


class AbsentIsNotZeroError(TrapError):
    """A firm prints no China line (onsemi, Seagate …); its absence is not a zero."""


class LicenceIsNotASaleError(TrapError):
    """A licence value is an applicant's estimate of what would be permitted; about half is used. It is not a sale."""


class MixedVintageError(TrapError):
    """Figures from different releases of a series that its publisher restates every year were compared."""


class OriginRuleBreakError(TrapError):
    """China's imports by origin were compared across April 2025, when origin became the wafer-fab site."""


class MixedScopeError(TrapError):
    """Chips were added to equipment, design software, optics or storage."""


class MixedDefinitionError(TrapError):
    """Two figures for one thing under different definitions (Huawei's purchases) were combined or compared."""


class MixedUnitError(TrapError):
    """Figures in different units or for different periods were combined."""


class MissingFigureError(LookupError):
    """The tables hold no such figure; the message says which series and period was asked for."""
