"""How much is lacking until a share is reached or exceeded, in whole units of what is counted.

Area is in 0.01 m², headcount in persons (民法典 278 ¶2, 1259).
"""

from fractions import Fraction


def to_reach(some: int, every: int, bound: Fraction) -> int:
    """How many more it takes until ``some`` of ``every`` is at least ``bound``; the bound itself is enough."""
    needed = -(-every * bound.numerator // bound.denominator)
    return max(needed - some, 0)


def to_exceed(some: int, every: int, bound: Fraction) -> int:
    """How many more it takes until ``some`` of ``every`` is more than ``bound``."""
    needed = every * bound.numerator // bound.denominator + 1
    return max(needed - some, 0)
