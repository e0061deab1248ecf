"""YAML whose mappings remember their lines, whose scalars stay as written, and in which no key stands twice."""

from collections.abc import Iterator
from typing import Any

import yaml


class Lined(dict[str, Any]):
    """A YAML mapping that remembers the line of itself and of its keys."""

    line: int
    lines: dict[str, int]


class Miswritten(yaml.MarkedYAMLError):
    """Raised for what YAML allows and a case does not; ``problem`` is Chinese."""


class _Loader(yaml.CSafeLoader):
    """Keeps lines, refuses duplicate keys."""

    def construct_lined(self, node: yaml.MappingNode) -> Iterator[Lined]:
        made = Lined()
        made.line, made.lines = node.start_mark.line + 1, {}
        yield made
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise Miswritten(problem="名称应为一个词", problem_mark=key_node.start_mark)
            key = self.construct_object(key_node, deep=True)
            if key in made:
                raise Miswritten(problem=f"“{key}”写了两次", problem_mark=key_node.start_mark)
            made[key] = self.construct_object(value_node, deep=True)
            made.lines[key] = key_node.start_mark.line + 1


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_lined)


def _as_written(loader: Any, node: Any) -> Any:
    return loader.construct_scalar(node)


def line_of(mark: Any) -> int:
    """The line of a mark as a person counts it; 0 without one."""
    return int(mark.line) + 1 if mark is not None else 0


# numbers stay as written: 0.80 is a price, not the float 0.8
for _tag in ("int", "float", "bool", "timestamp"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _as_written)


def load(text: str) -> Any:
    """What ``text`` says.  Raises yaml.YAMLError, :class:`Miswritten` for what only a case refuses."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
