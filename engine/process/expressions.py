"""Conditions of sequence flows: a small grammar over flat routing values, never Python.

``name``, literals (text, integer, ``True``, ``False``, ``None``), comparisons, ``in`` a tuple of
literals, ``and``, ``or``, ``not``.  A routing value never given is ``None``.
"""

import ast
import builtins
import keyword
import operator
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

Evaluator = Callable[[Mapping[str, Any]], Any]

_LENGTH_LIMIT = 500
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda value, choices: value in choices,
    ast.NotIn: lambda value, choices: value not in choices,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


class Refused(ValueError):
    """Raised for an expression outside the grammar, or a name that may not carry a routing value."""


def check_name(name: str) -> None:
    """Refuse names that SpiffWorkflow or Python reads in its own way.  Raises Refused."""
    unsafe = name == "typename" or name.startswith("_") or keyword.iskeyword(name) or hasattr(builtins, name)
    if unsafe or not name.isidentifier() or not name.isascii():
        raise Refused(f"名称“{name}”不能用作路由值")


@lru_cache(maxsize=4096)
def compiled(text: str) -> Evaluator:
    """The evaluator of an expression.  Raises Refused."""
    if len(text) > _LENGTH_LIMIT:
        raise Refused(f"表达式超过 {_LENGTH_LIMIT} 个字符")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Refused(f"表达式“{text}”不符合语法") from error
    return _evaluator(tree.body)


def names(text: str) -> frozenset[str]:
    """The routing values that an expression reads."""
    compiled(text)
    return frozenset(node.id for node in ast.walk(ast.parse(text.strip(), mode="eval")) if isinstance(node, ast.Name))


def tests(text: str) -> Iterator[tuple[str, frozenset[str], Evaluator]]:
    """What an expression can tell apart: each comparison and each name that stands alone, with the names it reads."""
    compiled(text)
    waiting: list[ast.expr] = [ast.parse(text.strip(), mode="eval").body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.BoolOp):
            waiting += node.values
        elif isinstance(node, ast.UnaryOp):
            waiting.append(node.operand)
        else:
            written = ast.unparse(node)
            yield written, names(written), _evaluator(node)


def constants(text: str, name: str) -> frozenset[str | int | None]:
    """The literals with which an expression compares ``name``."""
    compared = [ast.parse(written, mode="eval") for written, read, _ in tests(text) if name in read]
    nodes = (node for tree in compared for node in ast.walk(tree))
    values = (node.value for node in nodes if isinstance(node, ast.Constant))
    return frozenset(value for value in values if value is None or isinstance(value, str | int))


def _evaluator(node: ast.expr) -> Evaluator:
    match node:
        case ast.Constant(value=value) if value is None or isinstance(value, str | int):
            return lambda data: value
        case ast.Name(id=name):
            check_name(name)
            return lambda data: data.get(name)
        case ast.Tuple(elts=items):
            members = [_evaluator(item) for item in items]
            return lambda data: tuple(member(data) for member in members)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            negated = _evaluator(operand)
            return lambda data: not negated(data)
        case ast.BoolOp(op=op, values=values):
            parts = [_evaluator(value) for value in values]
            judge = all if isinstance(op, ast.And) else any
            return lambda data: judge(part(data) for part in parts)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _comparison(_evaluator(left), _COMPARE[type(op)], _evaluator(right))
    raise Refused("表达式只能比较路由值和字面值，用 and、or、not 连接")


def _comparison(left: Evaluator, compare: Callable[[Any, Any], bool], right: Evaluator) -> Evaluator:
    def judge(data: Mapping[str, Any]) -> bool:
        try:
            return compare(left(data), right(data))
        except TypeError:
            # an order between kinds, such as a date not given yet and a number, does not hold
            return False

    return judge


class Conditions(PythonScriptEngine):  # type: ignore[misc]
    """SpiffWorkflow's place for a script engine, with our grammar in it and no way to run a script."""

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        """The value of a condition over the task's routing values."""
        return compiled(expression)(task.data)

    def execute(self, task: Any, script: str, external_context: Any = None) -> Any:
        """Refuse: no script stands in a diagram."""
        raise Refused("图中不能有脚本")
