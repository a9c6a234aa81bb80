"""The policy file measured: spells of limbo, reversals, slippage, and what share prices made of the dates.

One table of dated events (`policy_events`) drives everything in this package: the timeline, the two indices
(*undecided* and *unstable*), the view of a single day, the dates of the event study and the model's policy path.
"""
