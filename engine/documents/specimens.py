"""Specimen facts: what a template is tried with before it is published, so that every fact it names has a value."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.documents import facts, printing
from engine.documents.facts import Answered, Facts, Field
from engine.documents.printing import Choice
from engine.documents.registers import REGISTERS

#: Registers' texts that look like what they stand for; the others say that they are specimens.
_TEXTS = {
    "number": "示例编号", "name": "示例名称", "unit_no": "1-101", "building": "1幢", "owner_masked": "张**",
    "place": "示例市示例区", "street": "示例街道", "community": "示例社区", "address": "示例路 1 号",
    "settlor": "示例小区业主大会",
    "code": "E01", "unit": "项", "text": "示例事项", "contact_phone": "13800000000", "remark": "示例备注",
}  # fmt: skip
_OTHER = "示例"


@dataclass(frozen=True)
class Specimen:
    """How facts are made up: which ``choice`` of each list, so many ``rows`` of each table.

    A ``bare`` one leaves open all that may be.
    """

    title: str
    choice: int = 0
    rows: int = 2
    bare: bool = False


#: What people look at.
SHOWN = (
    Specimen("各项都有"),
    Specimen("换一种选择", choice=1, rows=3),
    Specimen("再换一种选择", choice=2, rows=1),
    Specimen("能空的都空着", bare=True, rows=0),
)
#: As many rows as the register of a large estate: a loop within a loop over it does not end in time.
LARGE = Specimen("3,000 户的大小区", rows=3_000)


def make(
    specimen: Specimen, forms: Mapping[str, Sequence[Field]], names: Collection[str], groups: Collection[str]
) -> Facts:
    """The facts of the tasks and registers of ``groups``; ``names`` are those that the template prints or asks for.

    A bare specimen lacks those of which the template asks whether they are there.
    """
    asked = {name.removeprefix("answered.") for name in names if name.startswith("answered.")}
    known = {name for name in groups if not (specimen.bare and name in asked)}
    filling = _Filling(specimen, names)
    answers = {task: Answered(fields, filling.fields(task, fields)) for task, fields in forms.items() if task in known}
    packed = {name.removeprefix("pack."): "3" for name in names if name.startswith("pack.")}
    registers = {
        name: packed if name == "pack" else filling.value(name, shape, "")
        for name, shape in REGISTERS.items()
        if name in known
    }
    return facts.build(answers, registers)


@dataclass(frozen=True)
class _Filling:
    specimen: Specimen
    names: Collection[str]

    def fields(self, task: str, fields: Sequence[Field]) -> dict[str, Any]:
        return {
            one.key: self.value(f"{task}.{one.key}", facts.shape(one), str(getattr(one, "label", ""))) for one in fields
        }

    def value(self, path: str, shape: Any, label: str) -> Any:
        """A value of the shape, as the register or the form would give it."""
        if isinstance(shape, list):
            return [self.value(f"{path}[]", shape[0], label)] * self._rows(path)
        if isinstance(shape, Mapping):
            return {key: self.value(f"{path}.{key}", one, "") for key, one in shape.items()}
        if self.specimen.bare:
            return None
        if isinstance(shape, Choice):
            return [*shape.labels][self.specimen.choice % len(shape.labels)]
        return _leaf(self.specimen, path.rpartition(".")[2], shape, label)

    def _rows(self, path: str) -> int:
        """A list within a list is short, and so is a form's, and one that the template does not print."""
        register = path.partition(".")[0].removesuffix("[]") in REGISTERS
        printed = any(name.startswith(f"{path}[]") for name in self.names)
        return self.specimen.rows if register and printed and "[]" not in path else min(self.specimen.rows, 3)


def _leaf(specimen: Specimen, key: str, shape: Any, label: str) -> Any:
    match shape:
        case printing.NUMBER:
            return 12 + specimen.choice
        case printing.AREA:
            return 1_234_500
        case printing.MONEY:
            return Decimal("140000.00")
        case printing.POINTS:
            return Decimal("88.50")
        case printing.DATE:
            return date(2026, 3, 26)
        case printing.FLAG:
            return specimen.choice % 2 == 0
        case printing.FILES:
            return ["示例"]
    return f"〔{label}〕" if label else _TEXTS.get(key, _OTHER)
