"""What another version of the roster would do to a vote: its totals, and what each item needs (law §3.5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.rules import shortfall
from engine.rules.count import SPECIAL, Item, Share, Thresholds


@dataclass(frozen=True)
class Needs:
    """What an item needs: so much ``take_part`` at least, and where just that does, so much ``approve``."""

    item: Item
    take_part: Share
    approve: Share

    @property
    def special(self) -> bool:
        """Whether three quarters are asked (民法典 278 ¶2)."""
        return self.item.item_class in SPECIAL


def needs(items: Sequence[Item], total: Share, thresholds: Thresholds) -> list[Needs]:
    """What each item needs where these are all owners: the least, by area in 0.01 m² and by persons."""
    took_part = Share(
        shortfall.to_reach(0, total.area, thresholds.quorum_area),
        shortfall.to_reach(0, total.persons, thresholds.quorum_persons),
    )
    return [Needs(item, took_part, _approve(item, took_part, thresholds)) for item in items]


def _approve(item: Item, took_part: Share, thresholds: Thresholds) -> Share:
    if item.item_class in SPECIAL:
        return Share(*(shortfall.to_reach(0, one, thresholds.special) for one in (took_part.area, took_part.persons)))
    return Share(*(shortfall.to_exceed(0, one, thresholds.ordinary) for one in (took_part.area, took_part.persons)))
