"""Accounts: whom the administrator may add, and what is refused with nothing changed."""

from datetime import UTC, datetime

import pytest

from engine.errors import InvalidAnswers
from engine.store import Store
from engine.store.accounts import paths
from engine.use_cases import accounts

NOW = datetime(2026, 1, 4, 1, tzinfo=UTC)
GOOD = ("zhoumin", "周敏", "一段足够长的口令", "钟楼区/永红街道/怡和社区", ["社区干部"])


def _add(opened: Store, *given: object) -> None:
    with opened.work("测试", NOW) as work:
        accounts.add(work, *given)  # type: ignore[arg-type]


def test_the_organisation_grows_with_its_people_and_no_node_is_made_twice(opened: Store) -> None:
    _add(opened, *GOOD)
    _add(opened, "chenli", "陈立", "一段足够长的口令", "钟楼区/永红街道", ["街道"])
    with opened.work("测试", NOW) as work:
        assert sorted(paths(work).values()) == ["钟楼区", "钟楼区/永红街道", "钟楼区/永红街道/怡和社区"]


@pytest.mark.parametrize(
    "position, value, said",
    [
        (0, "周敏", "登录名应为"),
        (0, "Zhou", "登录名应为"),
        (1, "  ", "姓名应为"),
        (1, "名" * 61, "姓名应为"),
        (2, "七个字的口令啊", "密码应为"),
        (2, "长" * 129, "密码应为"),
        (3, "钟楼区//怡和社区", "从上到下写"),
        (4, ["居民"], "没有“居民”这个角色"),
        (4, [], "没有写角色"),
    ],
)
def test_a_wrong_account_is_refused_and_nothing_is_made(opened: Store, position: int, value: object, said: str) -> None:
    given: list[object] = list(GOOD)
    given[position] = value
    with pytest.raises(InvalidAnswers, match=said):
        _add(opened, *given)
    with opened.work("测试", NOW) as work:
        assert paths(work) == {}


def test_no_two_people_share_a_login_or_a_name(opened: Store) -> None:
    _add(opened, *GOOD)
    with pytest.raises(InvalidAnswers, match=r"已有人使用.*已有人叫“周敏”"):
        _add(opened, *GOOD)
