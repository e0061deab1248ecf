"""Look up what to answer an owner."""

from engine import questions
from engine.errors import InvalidAnswers, Problem
from engine.questions import Entry
from engine.rules import canvass
from engine.use_cases.library import Library


def ask(library: Library, words: str = "", *, concern: str = "", step: str = "") -> list[Entry]:
    """The entries that fit ``words``, best first, of that canvass concern and user task if they are named."""
    problems = []
    if concern and concern not in canvass.CONCERNS:
        known = "、".join(f"{code}（{label}）" for code, label in canvass.CONCERNS.items())
        problems.append(Problem("concern", f"没有“{concern}”这种疑虑；可选：{known}。"))
    if step and step not in library.tasks:
        problems.append(Problem("step", f"没有“{step}”这个任务；请填流程图中的任务编号，如 canvass_households。"))
    if problems:
        raise InvalidAnswers(problems, "没有查询。")
    return questions.search(library.questions, words, concern=concern, step=step)
