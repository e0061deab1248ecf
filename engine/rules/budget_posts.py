"""The posts of the open budget 岗位: how many people, for what a month, and on which line that is spent (manual §5.1).

E01 is pay, social insurance and benefits of people alone, so its posts make exactly what it says.  Another line may pay
people among other things; a post that costs nothing on it is filled by somebody who is paid elsewhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from engine.errors import Problem
from engine.rules.budget import Line, is_code
from engine.rules.exact import yuan

STAFF = "E01"
MONTHS = 12


@dataclass(frozen=True)
class Post:
    """``headcount`` people for ``monthly_cost`` yuan each (pay, insurance, benefits) in ``months`` of the year."""

    code: str
    name: str
    headcount: int
    monthly_cost: Decimal
    months: int

    @property
    def amount(self) -> Decimal:
        """What the post costs in the year, yuan."""
        return yuan(self.headcount * self.months * Fraction(self.monthly_cost))


def total(posts: Iterable[Post]) -> Decimal:
    """The rounded sums of a year, added."""
    return yuan(sum((Fraction(post.amount) for post in posts), Fraction(0)))


def check(posts: Sequence[Post], lines: Sequence[Line]) -> list[Problem]:
    """What is wrong with the posts beside the lines of the same budget; empty when they may stand."""
    found = [problem for index, post in enumerate(posts) for problem in _check_post(f"posts[{index}]", post, lines)]
    if found:
        return found
    for code in sorted({STAFF, *(post.code for post in posts)}):
        of_it = [post for post in posts if post.code == code]
        listed, planned = total(of_it), _planned(code, lines)
        if code == STAFF and listed != planned:
            return [Problem("posts", _uneven(listed, planned))]
        if listed > planned:
            message = f"列在 {code} 的岗位全年共 {listed} 元，超过该科目的 {planned} 元；请改正岗位或者科目。"
            return [Problem("posts", message)]
    return []


def _check_post(where: str, post: Post, lines: Sequence[Line]) -> list[Problem]:
    problems = []
    if not is_code(post.code) or post.code.startswith("I"):
        problems.append(Problem(f"{where}.code", f"岗位“{post.name}”列在“{post.code}”；请写支出科目，如 {STAFF}。"))
    elif not any(line.code == post.code for line in lines):
        message = f"岗位“{post.name}”列在 {post.code}，预算里没有这个科目；请改正科目代码，或者补上这一行。"
        problems.append(Problem(f"{where}.code", message))
    if post.headcount < 1:
        problems.append(Problem(f"{where}.headcount", f"岗位“{post.name}”没有人数；请至少写 1 人。"))
    if not 1 <= post.months <= MONTHS:
        problems.append(Problem(f"{where}.months", f"岗位“{post.name}”的月数是 {post.months}；请写 1 到 {MONTHS}。"))
    if post.monthly_cost < 0:
        problems.append(Problem(f"{where}.monthly_cost", f"岗位“{post.name}”的每月费用为负；请填不小于 0 的数。"))
    return problems


def _uneven(listed: Decimal, planned: Decimal) -> str:
    return f"{STAFF} 人员费用全年 {planned} 元，岗位表里它的岗位全年共 {listed} 元，应当相等；请改正岗位或者科目。"


def _planned(code: str, lines: Sequence[Line]) -> Decimal:
    return yuan(sum((Fraction(line.amount) for line in lines if line.code == code), Fraction(0)))
