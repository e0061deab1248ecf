"""Questions that owners ask, and what a cadre answers at the door; read from Markdown, found by words.

The format: ``docs/questions.md``.  Which steps and concerns exist is not known here; the lint knows.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.errors import InvalidDefinition

#: Long enough to explain, short enough to say at the door; in characters with their punctuation.
ANSWER_LEAST, ANSWER_MOST = 80, 250
_LABELS = ("编号", "疑虑", "步骤", "依据", "关键词")
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ITEM = re.compile(r"- ([^：]*)：(.*)")
_RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]+")
#: What a match weighs by where it stands: the question says what an entry is about, the answer mentions much.
_WEIGHTS = {"question": 3, "keywords": 3, "answer": 1}


@dataclass(frozen=True)
class Entry:
    """One question with its answer: the law behind it, the canvass concerns and the user tasks it belongs to."""

    id: str
    theme: str
    question: str
    answer: str
    basis: str
    concerns: tuple[str, ...]
    steps: tuple[str, ...]
    keywords: tuple[str, ...]
    file: str

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """What a search looks through, in one spelling."""
        parts = {"question": self.question, "keywords": "、".join(self.keywords), "answer": self.answer}
        return {name: _plain(text) for name, text in parts.items()}


def read(files: Mapping[str, str]) -> tuple[Entry, ...]:
    """Every entry of Markdown files by file name, in the order of the names.

    Raises InvalidDefinition naming file and entry, also when two entries share an id or a question.
    """
    entries = tuple(entry for name in sorted(files) for entry in _parse(files[name], name))
    _refuse_twins(entries, "编号", [entry.id for entry in entries])
    _refuse_twins(entries, "问题", [entry.texts["question"] for entry in entries])
    return entries


def search(entries: Sequence[Entry], words: str = "", *, concern: str = "", step: str = "") -> list[Entry]:
    """The entries of that concern and step: those that fit ``words``, best first; without words all, as they stand.

    Chinese has no spaces, so that words are compared by pairs of neighbouring characters; a pair counts for more
    the fewer entries have it.  Entries that fit less than a third as well as the best are left out.
    """
    chosen = [
        entry for entry in entries if (not concern or concern in entry.concerns) and (not step or step in entry.steps)
    ]
    if not words.strip():
        return chosen
    said = _plain(words)
    telling = {pair: _rarity(pair, entries) for pair in pairs(said)}
    scored = [(score, entry) for entry in chosen if (score := _score(entry, said, telling, entries))]
    best = max((score for score, _ in scored), default=0)
    fitting = [(score, entry) for score, entry in scored if 3 * score >= best]
    return [entry for _, entry in sorted(fitting, key=lambda pair: -pair[0])]


def pairs(words: str) -> list[str]:
    """Neighbouring Chinese characters two by two, lone ones, Latin words and numbers whole; each once, in order."""
    found: dict[str, None] = {}
    for run in _RUN.findall(_plain(words)):
        whole = len(run) == 1 or run.isascii()
        found |= dict.fromkeys([run] if whole else [run[at : at + 2] for at in range(len(run) - 1)])
    return list(found)


# reading


def _parse(text: str, file: str) -> Iterator[Entry]:
    head, *sections = re.split(r"^## ", text.replace("\r\n", "\n"), flags=re.MULTILINE)
    theme = head.strip().removeprefix("# ").strip()
    if not head.startswith("# ") or not theme or "\n" in theme:
        raise InvalidDefinition(file, "", "第一行应为“# 主题”，随后是以“## ”开头的问题")
    if not sections:
        raise InvalidDefinition(file, "", "没有问题；每个问题以“## ”开头")
    for section in sections:
        yield _entry(section, theme, file)


def _entry(section: str, theme: str, file: str) -> Entry:
    question, _, body = section.partition("\n")
    question = question.strip()
    if len(question) < 2 or not question.endswith("？"):
        raise InvalidDefinition(file, question, "问题应是一句问话，以“？”结尾")
    answer, *items = re.split(r"^(?=- )", body, flags=re.MULTILINE)
    given = _items(items, question, file)
    if not _ID.fullmatch(given["编号"]):
        raise InvalidDefinition(file, question, f"编号“{given['编号']}”应为小写英文字母、数字和下划线，以字母开头")
    return Entry(
        id=given["编号"],
        theme=theme,
        question=question,
        answer=_answer(answer, given["编号"], file),
        basis=given["依据"],
        concerns=_several(given, "疑虑", file),
        steps=_several(given, "步骤", file),
        keywords=_several(given, "关键词", file),
        file=file,
    )


def _refuse_twins(entries: Iterable[Entry], what: str, keys: Iterable[str]) -> None:
    first: dict[str, Entry] = {}
    for entry, key in zip(entries, keys, strict=True):
        other = first.setdefault(key, entry)
        if other is not entry:
            raise InvalidDefinition(entry.file, entry.id, f"{what}与 {other.file} 的 {other.id} 重复；请改写或删去")


def _items(items: Iterable[str], question: str, file: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for item in items:
        match = _ITEM.fullmatch(item.strip())
        if match is None or match[1] not in _LABELS:
            known = "、".join(_LABELS)
            raise InvalidDefinition(
                file, question, f"读不懂“{item.strip()[:20]}”；每项一行，写成“- 编号：…”，可写：{known}"
            )
        if match[1] in given:
            raise InvalidDefinition(file, question, f"“{match[1]}”写了两次；请合并")
        given[match[1]] = match[2].strip()
    for label in _LABELS:
        if not given.get(label):
            raise InvalidDefinition(file, question, f"缺少“{label}”；请补上“- {label}：…”")
    return given


def _answer(text: str, name: str, file: str) -> str:
    answer = "".join(line.strip() for line in text.splitlines())
    if not ANSWER_LEAST <= len(answer) <= ANSWER_MOST:
        remedy = "补充" if len(answer) < ANSWER_LEAST else "精简"
        reason = f"答复有 {len(answer)} 字，应为 {ANSWER_LEAST} 至 {ANSWER_MOST} 字；请{remedy}"
        raise InvalidDefinition(file, name, reason)
    return answer


def _several(given: Mapping[str, str], label: str, file: str) -> tuple[str, ...]:
    several = tuple(part.strip() for part in given[label].split("、"))
    if not all(several) or len(set(several)) < len(several):
        raise InvalidDefinition(file, given["编号"], f"“{label}”中有空的或重复的；各项之间用一个顿号隔开")
    return several


# searching


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _score(entry: Entry, said: str, telling: Mapping[str, int], entries: Sequence[Entry]) -> int:
    """How well ``entry`` fits: pairs found in it, and its keywords said whole, which is how people really ask."""
    found = sum(
        weight * worth
        for part, weight in _WEIGHTS.items()
        for pair, worth in telling.items()
        if pair in entry.texts[part]
    )
    whole = [keyword for keyword in map(_plain, entry.keywords) if keyword in said]
    return found + sum(_WEIGHTS["keywords"] * len(keyword) * _rarity(keyword, entries) for keyword in whole)


def _rarity(text: str, entries: Sequence[Entry]) -> int:
    """How much it tells that an entry has ``text``: the bits of all entries ÷ entries that have it."""
    having = sum(any(text in part for part in entry.texts.values()) for entry in entries)
    return (len(entries) // having).bit_length() if having else 0
