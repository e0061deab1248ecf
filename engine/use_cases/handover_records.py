"""What the register of a handover holds, as the rules want it; the journey's steps and the pages ask the same."""

from datetime import date
from decimal import Decimal

from engine.errors import Problem
from engine.rules import handover_list, handover_signing, prepaid_ledger
from engine.rules.handover import Settlement, State
from engine.rules.handover_signing import Side, Signed
from engine.rules.prepaid_ledger import Acknowledged
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


def missing(dossier: Dossier) -> list[dict[str, str]]:
    """The rows of the list that were not handed over."""
    return [row for row in dossier.handover_rows if row.get("state") == State.MISSING]


def unsigned(dossier: Dossier) -> list[str]:
    """The groups that lack a signature, once somebody has begun to sign by group."""
    rows = dossier.handover_rows
    contents = {
        name: handover_signing.digest(row for row in rows if row.get("group") == name) for name in handover_list.GROUPS
    }
    return handover_signing.unsigned(contents, signatures(dossier))


def signed_by_group(dossier: Dossier) -> list[dict[str, str]]:
    """Who signed each group of the list as it stands, for the paper; empty where nobody signed by group."""
    known, rows = signatures(dossier), dossier.handover_rows
    if not known:
        return []
    said = []
    for name in dict.fromkeys(row.get("group", "") for row in rows):
        content = handover_signing.digest(row for row in rows if row.get("group") == name)
        stands = handover_signing.standing(name, content, known)
        by = {side: _said(stands.by_side[side]) for side in Side if side not in stands.lacking}
        told = {column: by.get(side, "未签") for side, column in _COLUMNS.items()}
        said.append({"group": name, **told})
    return said


_COLUMNS = {Side.GIVER: "given", Side.TAKER: "received", Side.WITNESS: "witnessed"}


def _said(one: Signed) -> str:
    if one.refused:
        return f"{one.name}拒签（{one.on}），见证：{'、'.join(one.witnesses)}"
    return f"{one.name} {one.on}"


#: The act by which the old company signed for the ledger of prepaid fees, and what it is about.
ACKNOWLEDGED, LEDGER = "ACKNOWLEDGED", "prepaid"


def acknowledged(dossier: Dossier) -> Acknowledged | None:
    """What the old company signed for last, None before it did."""
    found = kept.acts(dossier.work, dossier.estate_id, ACKNOWLEDGED)
    if not found:
        return None
    act = found[-1]
    by_building = {name: Decimal(amount) for name, amount in act.row["by_building"].items()}
    on, total = date.fromisoformat(act.on), Decimal(act.row["total"])
    return Acknowledged(act.row["name"], on, total, by_building, act.row["units"], act.content)


def settlement(dossier: Dossier) -> Settlement:
    """The ledger as it stands, whatever a form states of it."""
    return Settlement(dossier.prepaid)


def ledger_problems(dossier: Dossier) -> list[Problem]:
    """Why the accounts cannot be settled on the ledger as it stands."""
    content = prepaid_ledger.digest(dossier.prepaid_rows)
    return prepaid_ledger.close_problems(dossier.prepaid, acknowledged(dossier), content)


#: The act by which something that was missing was handed over after all; about the id of its item.
DELIVERED = "DELIVERED"


def made_good(dossier: Dossier) -> dict[str, tuple[date, str]]:
    """What was missing and was handed over after all, by name: when, and how."""
    items = {str(item.id): item.row["name"] for item in kept.items(dossier.work, dossier.estate_id)}
    acts = kept.acts(dossier.work, dossier.estate_id, DELIVERED)
    return {items[act.about]: (date.fromisoformat(act.on), act.row["note"]) for act in acts if act.about in items}
