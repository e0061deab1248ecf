"""What became of a vote on its way, with the reasons that its gates gave: not opened, extended or not, void."""

from datetime import date

from engine.use_cases.dossier import Dossier


def flaws(dossier: Dossier, gate: str, since: str) -> list[str]:
    """Why the vote was found not to be in order at a gate, since that step."""
    found = dossier.figures(gate, since=since).get("flaws") or ()
    # a flaw is kept with the name of its field before it
    return [str(one).partition("：")[2] for one in found]


def turns(dossier: Dossier) -> list[str]:
    """Whether the vote was extended, and why not where somebody wished it (decisions 3)."""
    found = []
    checked = dossier.figures("participation", since="prepare_meeting_notice")
    if refused := checked.get("refused"):
        found.append(f"没有延长表决期：{''.join(refused)}")
    decided = dossier.figures("extension", since="prepare_meeting_notice")
    if decided:
        closes = date.fromisoformat(str(decided["voting_closes_on"]))
        stands = dossier.outcome("extension") == "EXTENDED"
        found.append(
            f"表决期已公告延长一次，到 {closes} 截止。"
            if stands
            else f"延长没有生效：延长公告晚于原定截止日才张贴，仍按 {closes} 截止。"
        )
    return found
