"""What a number is: value, interval, unit, class, sources; its claims, its citations, its edition.

The ground floor above the data: sales, policy and the model record numbers without knowing how they are published.
"""
