"""Messages that did not leave the house: administrators see why, and have them tried again; nobody is told twice."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import NotFound
from engine.store import administration, dispatches
from engine.store.dispatches import Unsent
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases.accounts import Member
from engine.use_cases.managing import part

CHANNELS: Mapping[str, str] = {"mail": "邮件", "webhook": "转发"}
_MAIL = re.compile(r"([A-Za-z0-9._%+-])[A-Za-z0-9._%+-]*@")


@dataclass(frozen=True)
class Listed:
    """A message that did not leave, its addresses masked; ``retries`` unless nobody can know whether it went out."""

    message: Unsent
    channel: str
    to: str
    why: str
    retries: bool


def listed(work: UnitOfWork, member: Member, page: int) -> tuple[list[Listed], int]:
    """A page of the messages that did not leave to people of this part, and how many.  Raises NotPermitted."""
    found, total = dispatches.unsent(work, part(member), page)
    return [
        Listed(
            one,
            CHANNELS.get(one.channel, one.channel),
            masked(one.mail) if one.channel == "mail" else "",
            masked(one.failure),
            one.status != "unsure",
        )
        for one in found
    ], total


def retry(work: UnitOfWork, member: Member, dispatch_id: int) -> None:
    """Let one message be tried now.  Raises NotPermitted, and NotFound unless it certainly did not leave."""
    nodes = part(member)
    if not dispatches.retry(work, nodes, dispatch_id):
        raise NotFound(what="这条可以重发的消息（也许刚刚发出，也许不知对方是否收到）")
    administration.note(work, min(nodes), f"消息 {dispatch_id}", "重发没有发出的消息")


def retry_all(work: UnitOfWork, member: Member) -> int:
    """Let every message of this part that certainly did not leave be tried now; of how many.  Raises NotPermitted."""
    nodes = part(member)
    count = dispatches.retry(work, nodes, None)
    if count:
        administration.note(work, min(nodes), f"{count} 条消息", "重发没有发出的消息")
    return count


def masked(text: str) -> str:
    """A text with the mail addresses in it masked: ``z**@example.cn``."""
    return _MAIL.sub(r"\1**@", text)
