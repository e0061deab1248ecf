"""The clause library of the contract 条款库: what its Word template is built from and a contract is held against."""

from engine.documents.playbook.library import Annex, Chapter, Clause, Playbook, Position, Variant, read

__all__ = ["Annex", "Chapter", "Clause", "Playbook", "Position", "Variant", "read"]
