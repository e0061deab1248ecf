"""What the notice on personal data 告知书 covers: nothing beyond it is taken in (个人信息保护法 17; LC-01)."""

from collections.abc import Iterable

from engine.errors import InvalidAnswers, Problem
from engine.rules import personal_data
from engine.use_cases.dossier import Answers, Dossier

#: The step that makes the notice, posts it and proves it by a photo.
STEP = "prepare_data_notice"


def notice(dossier: Dossier) -> Answers:
    """The notice that stands, empty before there is one."""
    return dossier.answers_if_any(STEP)


def version(dossier: Dossier) -> str:
    """Which version of the notice stands, empty before there is one."""
    return str(notice(dossier).get("notice_version", ""))


def refuse_unless_told(dossier: Dossier, field: str, purpose: str, columns: Iterable[str] = ()) -> None:
    """Raise InvalidAnswers unless a notice was posted that names this purpose and these columns of a list."""
    told = notice(dossier)
    if not told:
        said = "还没有备好个人信息告知书；请先办理“备好个人信息告知与评估”，再收集业主信息（个人信息保护法 17）。"
        raise InvalidAnswers([Problem(field, said)], "没有登记。")
    of = f"告知书（版本 {told['notice_version']}）"
    if purpose not in told["purposes"]:
        what = personal_data.PURPOSES[purpose]
        said = f"{of}没有写“{what}”这个目的；请先更新告知书并重新张贴（个人信息保护法 14、17）。"
        raise InvalidAnswers([Problem(field, said)], "没有登记。")
    missing = personal_data.not_told(columns, told["kinds"])
    if missing:
        said = f"{of}没有列出{'、'.join(missing)}；请去掉这些列，或者先更新告知书并重新张贴（个人信息保护法 6、17）。"
        raise InvalidAnswers([Problem(field, said)], "没有登记。")
