"""The choice of a company as the dossier tells it: what was voted, who was ranked, who withdrew."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from engine.rules import selection
from engine.rules.exact import yuan
from engine.rules.selection import Decided, Judge, Ranked, Recusal, Sheet
from engine.use_cases import counting
from engine.use_cases.dossier import Answers, Dossier

#: Where weights and scores of a search stand: the step that scored → the step that set the weights.
_SEARCHES: Mapping[str, str] = {"evaluate_bids": "prepare_tender", "score_candidates": "invite_candidates"}
_START = "check_voted_agenda"


def decided(dossier: Dossier) -> list[Decided]:
    """The items of the vote counted last; an item that hung on a reading follows counsel where it is a key item."""
    counted = {item["no"]: item["status"] for item in dossier.figures("vote").get("items", ())}
    carried = {"PASS_ROBUST", "CONTESTED"} if dossier.outcome("vote", "contested_vote") in {"PASSED", "PARTIAL"} else ()
    return [
        Decided(
            item.no,
            item.text,
            item.item_class,
            passed=counted.get(item.no) == "PASS_ROBUST" or (item.key and counted.get(item.no) in carried),
        )
        for item in counting.items(dossier)
    ]


def weights(answers: Answers) -> dict[str, int]:
    """The weight of each criterion."""
    return {row["criterion"]: row["weight"] for row in answers["weights"]}


def weights_for(dossier: Dossier, task: str) -> dict[str, int]:
    """The weights by which the scoring step ``task`` goes; none before they were set."""
    before = _SEARCHES.get(task, "")
    return weights(dossier.answers(before)) if before and dossier.answered(before) else {}


def judges(answers: Answers) -> list[Judge]:
    """The judges of a scoring."""
    return [Judge(row["name"], row["kind"], bool(row["avoidance_declared"])) for row in answers["judges"]]


def withdrawn(answers: Answers) -> list[Recusal]:
    """The judges who withdrew from a scoring."""
    return [Recusal(row["name"], row["company"], row["relation"]) for row in answers["withdrawn"] or ()]


def sheets(answers: Answers) -> list[Sheet]:
    """What each judge gave each company."""
    criteria = [key for key in (answers["scores"] or [{}])[0] if key not in {"company", "judge"}]
    return [
        Sheet(row["company"], row["judge"], {key.upper(): row.get(key) for key in criteria})
        for row in answers["scores"]
    ]


def scored_by(dossier: Dossier) -> str:
    """The step that ranked companies since the agenda was last checked, empty when none did."""
    done = [task for task, _ in dossier.after(_START) if task in _SEARCHES]
    return done[-1] if done else ""


def ranking(dossier: Dossier) -> list[Ranked]:
    """The companies as ranked since the agenda was last checked; none where nothing was scored."""
    task = scored_by(dossier)
    if not task:
        return []
    return selection.rank(sheets(dossier.answers(task)), weights(dossier.answers(_SEARCHES[task])))


def standing(dossier: Dossier) -> list[Ranked]:
    """The ranking without the companies that withdrew."""
    chosen, withdrawn = "", set()
    for task, answers in dossier.after(_START):
        if task == "select_company":
            chosen = answers["company_name"]
        elif task == "replace_winner":
            withdrawn.add(chosen)
    return [ranked for ranked in ranking(dossier) if ranked.company not in withdrawn]


def authorised(dossier: Dossier) -> bool:
    """Whether the owners let the committee sign with the tender's first, and a tender ranked the companies."""
    allowed = dossier.answered(_START) and bool(dossier.answers(_START)["tender_authorised"])
    return allowed and scored_by(dossier) == "evaluate_bids"


def valid_bidders(dossier: Dossier) -> Sequence[str]:
    """The companies whose bids stood."""
    return [row["company"] for row in dossier.answers("open_bids")["bids"] or () if row["valid"]]


def printed(dossier: Dossier) -> dict[str, object]:
    """The scoring as papers print it: each judge's total for each company, and the ranking."""
    task = scored_by(dossier)
    given, weighted = sheets(dossier.answers(task)), weights(dossier.answers(_SEARCHES[task]))
    most = dossier.pack.value("recommended_max")
    return {
        "sheets": [
            {"company": one.company, "judge": one.judge, "total": _points(selection.rank([one], weighted)[0])}
            for one in given
        ],
        "ranking": [
            {"rank": one.rank, "company": one.company, "total": _points(one), "recommended": number <= most}
            for number, one in enumerate(ranking(dossier), start=1)
        ],
    }


def _points(ranked: Ranked) -> Decimal:
    return yuan(ranked.total)
