"""What stands around a diagram in a dry run: filled forms, gates, who is there, and a clock."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import combinations, product

from engine.process import expressions
from engine.process.definitions import Definition
from engine.process.instance import Value
from engine.process.reads import Test, tests_of
from engine.process.routes import Choice
from engine.process.waiting import Deadlines, date_name


@dataclass(frozen=True)
class Ahead:
    """A date so many days after the day on which it is given."""

    days: int


Given = Mapping[str, Value | Ahead]


@dataclass(frozen=True)
class Refusal:
    """Which fillings of a form, by position, a check turns away, given the earlier routing values ``names``."""

    names: tuple[str, ...]
    holds: Callable[[Mapping[str, Value], int], bool]


@dataclass(frozen=True)
class World:
    """What a dry run takes from the files beside the diagrams.

    ``answers`` are the fillings of each task's form, as routing values.  ``options`` holds the values each field
    offers and ``gates`` what each gate may give; None there stands for any value.  ``roles`` says of a task when
    somebody is there to do it, as a condition over routing values; a task not named can always be done.
    """

    answers: Mapping[str, Sequence[Given]]
    refusals: Mapping[str, Refusal]
    options: Mapping[str, Mapping[str, Choice]]
    gates: Mapping[str, Mapping[str, Choice]]
    roles: Mapping[str, str]
    deadlines: Deadlines
    now: datetime


class Choices:
    """Every way in which the steps of a definition can end."""

    def __init__(self, definition: Definition, world: World, conditions: Sequence[str]) -> None:
        self._definition, self._world, self._conditions = definition, world, conditions
        self._tests = {test for text in {*conditions, *world.roles.values()} for test in tests_of(text)}
        self._dates = {date_name(e.timer.text) for e in definition.elements.values() if e.timer is not None}
        self._standing: dict[tuple[Value, ...], tuple[int, ...]] = {}
        self._answers: dict[str, list[Given]] = {}
        self._any: dict[str, list[Value | Ahead]] = {}
        self._alike: dict[str, list[tuple[object, ...]]] = {}
        #: The values that tasks were answered with, and which of them together.
        self.chosen: set[tuple[object, ...]] = set()

    def answers(self, task: str, data: Mapping[str, Value], now: datetime) -> Iterator[dict[str, Value]]:
        """The answers to try at a task: all that go on differently, and two values together at least once."""
        filled, tried = self._filled(task), set()
        if task not in self._alike:
            self._alike[task] = [self._told(given) for given in filled]
        for number in self._stand(task, data):
            items = sorted(filled[number].items())
            marks = {(task, *item) for item in items} | {(task, *pair) for pair in combinations(items, 2)}
            if self._alike[task][number] not in tried or marks - self.chosen:
                tried.add(self._alike[task][number])
                self.chosen |= marks
                yield self._dated(filled[number], now)

    def given(self, gives: Mapping[str, Choice], now: datetime) -> Iterator[dict[str, Value]]:
        """Every combination of what a gate or a message may give.

        Two names with the same few values say the same thing, as a gate that hands its outcome on under the name of
        another gate's does.
        """
        alike: dict[object, list[str]] = {}
        for name, choice in gives.items():
            alike.setdefault(choice if choice and len(choice - {True, False}) > 1 else name, []).append(name)
        values = [self._values(names[0], gives[names[0]]) for names in alike.values()]
        for combination in product(*values):
            given = {name: value for names, value in zip(alike.values(), combination, strict=True) for name in names}
            yield self._dated(given, now)

    def first(self, names: Sequence[str], now: datetime) -> Iterator[dict[str, Value]]:
        """What a start that may bring ``names`` brings from the first: the dates for which timers wait."""
        return self.given({name: None for name in names if name in self._dates}, now)

    def _values(self, name: str, choice: Choice) -> Sequence[Value | Ahead]:
        return self.any(name) if choice is None else sorted(choice, key=repr)

    def any(self, name: str) -> list[Value | Ahead]:
        """Values to try for a routing value that may be anything: those that some condition tells apart."""
        if name not in self._any:
            found = {constant for text in self._conditions for constant in expressions.constants(text, name)}
            numbers = {near for number in found if type(number) is int for near in (number - 1, number, number + 1)}
            words = {word for word in found if isinstance(word, str | bool)}
            known: list[Value | Ahead] = [*sorted(numbers), *sorted(words, key=repr)] or [1]
            self._any[name] = [Ahead(1)] if name in self._dates else known
        return self._any[name]

    def asks(self) -> Iterator[tuple[str, list[Test]]]:
        """What matters at a task beside the diagram's own conditions: who is there, and which answers stand."""
        for name in self._definition.user_tasks:
            tests = list(tests_of(self._world.roles[name])) if name in self._world.roles else []
            if name in self._world.refusals:
                read = frozenset(self._world.refusals[name].names)
                tests.append(Test(f"answers of {name}", read, partial(self._stand, name)))
            yield name, tests

    def _told(self, given: Given) -> tuple[object, ...]:
        """What the diagrams can tell of answers: two of which they tell the same go on alike."""
        raw = {name for refusal in self._world.refusals.values() for name in refusal.names} & set(given)
        told = {test.text: test.judge(given) for test in self._tests if test.names <= set(given)}
        told |= {name: given[name] for name in raw}
        missing = tuple(sorted(name for name, value in given.items() if value is None))
        return (*sorted(told.items()), missing)

    def _filled(self, task: str) -> Sequence[Given]:
        routing = self._definition.user_tasks[task].routing
        if task not in self._answers:
            known = self._world.answers.get(task, ({},))
            self._answers[task] = [{name: given.get(name) for name in routing} for given in known]
        return self._answers[task]

    def _stand(self, task: str, data: Mapping[str, Value]) -> tuple[int, ...]:
        """The fillings of a task's form that its check lets stand."""
        count, refusal = range(len(self._filled(task))), self._world.refusals.get(task)
        if refusal is None:
            return tuple(count)
        key = (task, *(data.get(name) for name in refusal.names))
        if key not in self._standing:
            self._standing[key] = tuple(number for number in count if not refusal.holds(data, number))
        return self._standing[key]

    def _dated(self, given: Given, now: datetime) -> dict[str, Value]:
        today = now.astimezone(self._world.deadlines.zone).date()
        return {
            name: today + timedelta(value.days) if isinstance(value, Ahead) else value for name, value in given.items()
        }
