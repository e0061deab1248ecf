"""What the register of a handover holds, as the rules want it; the journey's steps and the pages ask the same."""

from datetime import date

from engine.rules import handover_list, handover_signing
from engine.rules.handover_signing import Side, Signed
from engine.store import handover as kept
from engine.use_cases.dossier import Dossier

#: Acts by which a group of the list was signed, or refused before witnesses.
SIGNED, REFUSED = "SIGNED", "REFUSED"


def signatures(dossier: Dossier) -> list[Signed]:
    """What was signed or refused, the earliest first."""
    return [
        Signed(
            act.about, Side(act.row["side"]), act.row["name"], date.fromisoformat(act.on), act.content,
            act.kind == REFUSED, act.row.get("reason", ""), tuple(act.row.get("witnesses", ())),
        )
        for act in kept.acts(dossier.work, dossier.estate_id, SIGNED, REFUSED)
    ]  # fmt: skip


def unsigned(dossier: Dossier) -> list[str]:
    """The groups that lack a signature, once somebody has begun to sign by group."""
    rows = dossier.handover_rows
    contents = {
        name: handover_signing.digest(row for row in rows if row.get("group") == name) for name in handover_list.GROUPS
    }
    return handover_signing.unsigned(contents, signatures(dossier))
