"""Take what people are told out of the house, from rows: plan messages, send those whose time has come, remind.

A message that a channel may repeat is sent again when its sender died; of any other nobody can know whether it went
out, so that it is left at that: what it told is in the desk, and nobody is told twice.
"""

import logging
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from engine.channels import MAIL, WEBHOOK, Channel, Message, Refused, Unsure
from engine.errors import Conflict
from engine.store import Store, dispatches
from engine.store.dispatches import Dispatch
from engine.use_cases import alerts

ACTOR = "导入台"
LEASE = timedelta(minutes=2)
#: So long after each attempt comes the next one; after the last the message is given up.
AGAIN = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
#: What is older is no news: the desk shows it, and nothing is sent.
_NEWS = timedelta(days=2)
_REMIND_EVERY = timedelta(minutes=1)
_MOST = 50
_LOG = logging.getLogger("daoru.sending")


class Sender:
    """Goes round; remembers only when it looked for reminders last."""

    def __init__(self, opened: Store, channels: Mapping[str, Channel], public_url: str) -> None:
        self._store, self._channels, self._public_url = opened, channels, public_url
        self._reminded: datetime | None = None

    def round(self, now: datetime) -> int:
        """Remind, plan and send what is due at ``now``; returns how much of it there was."""
        done = 0
        if self._reminded is None or not timedelta(0) <= now - self._reminded < _REMIND_EVERY:
            done += alerts.remind(self._store, ACTOR, now)
            self._reminded = now
        return done + self._plan(now) + self._send(now)

    def _plan(self, now: datetime) -> int:
        with self._store.work(ACTOR, now) as work:
            found = dispatches.unplanned(work, _MOST)
        for told in found:
            setting, fresh = told.setting, now - datetime.fromisoformat(told.at) <= _NEWS
            wanted = []
            if setting.mail and setting.mode != "none":
                wanted.append(MAIL)
            if setting.forward and WEBHOOK in self._channels:
                wanted.append(WEBHOOK)
            leaves = alerts.leaves(setting, now)
            channels = [(channel, leaves, secrets.token_hex(16)) for channel in wanted if fresh]
            try:
                with self._store.work(ACTOR, now) as work:
                    dispatches.plan(work, told, channels)
            except Conflict:
                # another sender planned it, or took the message at this moment: the next round sees
                continue
        return len(found)

    def _send(self, now: datetime) -> int:
        with self._store.work(ACTOR, now) as work:
            found = dispatches.due(work, _MOST)
        return sum(self._one(message, now) for message in found)

    def _one(self, message: Dispatch, now: datetime) -> bool:
        channel = self._channels.get(message.channel)
        try:
            if channel is None or (message.status == "sending" and not channel.repeats):
                why = "没有这个渠道" if channel is None else "发送时中断，不知对方是否收到；为免重复，没有再发"
                self._end(message, now, "failed" if channel is None else "unsure", why)
                return True
            with self._store.work(ACTOR, now) as work:
                message = dispatches.take(work, message, LEASE)
            self._out(channel, message, now)
        except Conflict:
            return False
        return True

    def _out(self, channel: Channel, message: Dispatch, now: datetime) -> None:
        written = self._written(message, now)
        if written is None:
            self._end(message, now, "dropped")
            return
        try:
            channel.send(written)
        except Unsure as error:
            self._end(message, now, "unsure", str(error))
        except Refused as error:
            over = error.for_good or message.attempts > len(AGAIN)
            again = None if over else now + AGAIN[message.attempts - 1]
            _LOG.warning("message %s by %s was refused: %s", message.key, message.channel, error)
            self._end(message, now, "failed" if over else "waiting", str(error), again)
        else:
            self._end(message, now, "sent")

    def _written(self, message: Dispatch, now: datetime) -> Message | None:
        """The message, or nothing when all that it tells has been read, or is no news any more."""
        since = (now - _NEWS).astimezone(UTC).isoformat(timespec="seconds")
        with self._store.work(ACTOR, now) as work:
            told = dispatches.contents(work, message.id, since)
            login, name, mail = dispatches.addressee(work, message.account_id)
        if not told or (message.channel == MAIL and not mail):
            return None
        lines = tuple(alerts.line(one) for one in told)
        subject = lines[0] if len(lines) == 1 else f"导入台：{len(lines)} 条提醒"
        address = f"{self._public_url}/alerts" if self._public_url else ""
        return Message(message.key, login, name, mail, now, subject, lines, address)

    def _end(
        self, message: Dispatch, now: datetime, status: str, failure: str = "", again: datetime | None = None
    ) -> None:
        with self._store.work(ACTOR, now) as work:
            dispatches.end(work, message, status, failure, again)
