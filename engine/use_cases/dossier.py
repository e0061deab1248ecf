"""The dossier 卷宗: everything recorded of an estate, read as the rules want it and loaded when first asked for."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import orjson

from engine import events, forms
from engine.documents import render
from engine.errors import NotFound, Problem
from engine.rules import (
    budget,
    canvass,
    deadlines,
    diagnosis,
    handover,
    jurisdiction,
    owners_body,
    roster,
    roster_fingerprint,
    termination,
)
from engine.rules.roster import Electorate, Policies, Roster
from engine.store import registers, rosters, rows, template_versions, votes
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import cells, reading
from engine.use_cases.library import Library
from engine.use_cases.pack_deadlines import PackDeadlines

Answers = Mapping[str, Any]


class Dossier:
    """One estate, as it stands at the moment of the work."""

    def __init__(self, work: UnitOfWork, library: Library, estate_id: int) -> None:
        self.work, self.library, self.estate_id = work, library, estate_id
        self._templates: dict[str, render.Compiled] = {}

    @cached_property
    def estate(self) -> rows.Estate:
        """The estate."""
        return self.work.estate(self.estate_id)

    @cached_property
    def pack(self) -> jurisdiction.Pack:
        """The pack version under which the estate was entered, or to which it was moved on purpose."""
        return self.library.pack_version(self.estate.pack_version, self.work.pack_text)

    @cached_property
    def deadlines(self) -> PackDeadlines:
        """How this estate counts its periods."""
        return PackDeadlines(self.pack, self.library.calendar)

    @property
    def today(self) -> date:
        """The legal day."""
        return self.work.now.astimezone(self.deadlines.zone).date()

    def template(self, kind: str) -> render.Compiled:
        """The template of a kind that is in force today: the shipped one, or what the district made of it."""
        if kind not in self._templates:
            given = template_versions.in_force(template_versions.versions(self.work, kind), self.today.isoformat())
            self._templates[kind] = (
                self.library.template(kind)
                if given is None
                else self.library.compiled(kind, given.sha256, self.work.files.read)
            )
        return self._templates[kind]

    # answers and decisions

    @cached_property
    def _completed(self) -> list[rows.Answered]:
        return self.work.answered(self.estate_id)

    @cached_property
    def latest(self) -> Mapping[str, rows.Answered]:
        """The latest completion of each task."""
        return {done.name: done for done in self._completed}

    def answered(self, task: str) -> bool:
        """Whether the task was completed at least once."""
        return task in self.latest

    def answers(self, task: str) -> Answers:
        """The latest answers of a task.  Raises NotFound when there are none."""
        if task not in self.latest:
            raise NotFound(what=f"任务“{self.library.form(task).title}”的填写内容")
        return forms.load(self.library.form(task), self.latest[task].answers)

    def answers_if_any(self, task: str) -> Answers:
        """The latest answers of a task, empty before it was completed."""
        return self.answers(task) if self.answered(task) else {}

    def after(self, start: str) -> list[tuple[str, Answers]]:
        """Every task completed since the latest completion of ``start``, in order, with its answers."""
        names = [done.name for done in self._completed]
        first = len(names) - names[::-1].index(start) if start in names else 0
        return [(done.name, forms.load(self.library.form(done.name), done.answers)) for done in self._completed[first:]]

    def day_of(self, task: str) -> date:
        """The legal day on which a task was last completed."""
        return datetime.fromisoformat(self.latest[task].at).astimezone(self.deadlines.zone).date()

    def last_of(self, *tasks: str) -> str:
        """Which of the tasks was completed last, empty when none was."""
        return next((done.name for done in reversed(self._completed) if done.name in tasks), "")

    def times(self, task: str, since: str = "") -> int:
        """How often a task was completed; with ``since`` only after the latest completion of that one."""
        count = 0
        for done in self._completed:
            if done.name == task:
                count += 1
            elif done.name == since:
                count = 0
        return count

    @cached_property
    def log(self) -> list[dict[str, Any]]:
        """The event log without what was undone."""
        log = self.work.log(self.estate_id)
        fallen = events.fallen(log)
        return [event for event in log if event["no"] not in fallen]

    def outcome(self, *gates: str) -> str:
        """The latest outcome of a gate, or of several that decide the same, empty when none has decided."""
        return next((event["outcome"] for event in reversed(self.log) if event.get("gate") in gates), "")

    def figures(self, gate: str, since: str = "") -> Mapping[str, Any]:
        """The figures of a gate's latest decision, when it came after the latest completion of ``since``."""
        for event in reversed(self.log):
            if event.get("task") == since:
                return {}
            if event.get("gate") == gate:
                return dict(event["figures"])
        return {}

    @cached_property
    def issued(self) -> list[rows.Document]:
        """The papers issued so far that still stand."""
        return [paper for paper in self.work.documents(self.estate_id) if not paper.void_reason]

    # registers

    @cached_property
    def roster_version(self) -> int:
        """The version of the roster that counts: the one frozen for the vote, else the newest; 0 without one."""
        frozen = rosters.frozen(self.work, self.estate_id, self.round) if self.convened else 0
        return frozen or rosters.newest(self.work, self.estate_id)

    @cached_property
    def roster(self) -> Roster:
        """The roster that counts."""
        return rosters.read(self.work, self.estate_id, self.roster_version)

    @cached_property
    def roster_digits(self) -> str:
        """The check digits of that roster, out of the digest that was kept with it."""
        return roster_fingerprint.digits(rosters.digest(self.work, self.estate_id, self.roster_version))

    @cached_property
    def electorate(self) -> Electorate:
        """Who counts under the pack's rules."""
        return roster.assemble(self.roster, self.policies)

    @property
    def policies(self) -> Policies:
        """The readings that the pack takes as its default."""
        return Policies(**{name: str(self.pack.value(name)) for name in Policies.__dataclass_fields__})

    @cached_property
    def meter(self) -> canvass.Meter:
        """Coverage, response and support of the canvass."""
        return canvass.coverage(self.households, self.visits)

    @property
    def households(self) -> list[canvass.Household]:
        """The units to be visited."""
        persons = self.electorate.person_of
        return [canvass.Household(no, unit.area, persons[no]) for no, unit in self.electorate.units.items()]

    @cached_property
    def visits(self) -> list[canvass.Visit]:
        """Every visit."""
        found = self.work.register(registers.visit, self.estate_id)
        return [
            canvass.Visit(
                row.unit_no,
                canvass.Attitude(row.attitude) if row.attitude else None,
                date.fromisoformat(row.on),
                row.round,
                tuple(row.concerns.split()),
                row.time or "",
            )
            for row in found
        ]

    @property
    def round(self) -> int:
        """The number of the vote: each begins with a frozen roster, a vote declared void begins anew; 0 before."""
        return self.times("freeze_roster")

    @property
    def voided(self) -> frozenset[int]:
        """The numbers of the votes that were declared void."""
        found, number = set(), 0
        for done in self._completed:
            number += done.name == "freeze_roster"
            if done.name == "declare_vote_void":
                found.add(number)
        return frozenset(found)

    @cached_property
    def ballots(self) -> list[rows.Ballot]:
        """The ballots of the vote that runs, or ran last; none while the next one is being convened."""
        return self.work.ballots(self.estate_id, self.round) if self.convened else []

    @property
    def ballot_of(self) -> dict[str, rows.Ballot]:
        """The ballot of each unit; a spoiled one is out, the one that replaced it is in."""
        return {ballot.unit_no: ballot for ballot in self.ballots if not ballot.spoiled_on}

    @cached_property
    def ballot_returns(self) -> list[rows.BallotReturn]:
        """What came back of those ballots."""
        return self.work.ballot_returns(self.estate_id, self.round) if self.convened else []

    @cached_property
    def choices(self) -> votes.Choices:
        """What those ballots say, apart from whose they are."""
        return votes.choices(self.work, self.estate_id, self.round)

    @property
    def convened(self) -> bool:
        """Whether the roster was frozen for the agenda that was resolved last, and that vote not declared void."""
        void = self.times("declare_vote_void", since="freeze_roster") > 0
        return self.times("freeze_roster", since="resolve_agenda") > 0 and not void

    @cached_property
    def handover_rows(self) -> list[dict[str, str]]:
        """The handover list as entered."""
        return [orjson.loads(row.row) for row in self.work.register(registers.handover_item, self.estate_id)]

    @property
    def handover_items(self) -> list[handover.Item]:
        """The handover list as its rule sees it."""
        return [
            handover.Item(
                row.get("group", ""),
                row.get("name", ""),
                handover.State(row["state"]),
                handover.Safety(row["safety"]) if row.get("safety") else None,
                cells.is_yes(row, "mitigated"),
            )
            for row in self.handover_rows
        ]

    @cached_property
    def prepaid_rows(self) -> list[dict[str, str]]:
        """The prepaid fees as entered, one row per unit."""
        return [orjson.loads(row.row) for row in self.work.register(registers.prepaid_balance, self.estate_id)]

    @property
    def prepaid(self) -> list[handover.Prepaid]:
        """The prepaid fees as their rule sees them."""
        return [handover.prepaid_of(row) for row in self.prepaid_rows]

    @property
    def settlement(self) -> handover.Settlement | None:
        """The accounts as settled with the old company, or of the company that stays; None before."""
        settled = self.last_of("settle_accounts", "settle_cutover")
        return self.settlement_of(self.answers(settled)) if settled else None

    @property
    def took_over_as(self) -> str:
        """``TAKEOVER`` from an old company, ``CUTOVER`` of one that stays, ``BASELINE`` where there was none."""
        ways = {"inspect_and_list": "TAKEOVER", "settle_cutover": "CUTOVER", "inspect_baseline": "BASELINE"}
        return ways.get(self.last_of(*ways), "")

    @property
    def termination_path(self) -> termination.Path | None:
        """The path on which the old contract ends, None where none does."""
        if not self.answered("choose_termination_path"):
            return None
        return termination.Path(self.answers("choose_termination_path")["path"])

    @property
    def termination_on(self) -> date | None:
        """The last day of the old contract by the notice of either side, None before there is one."""
        notice = self.last_of("serve_dismissal_notice", "record_company_notice")
        return self.answers(notice)["termination_on"] if notice else None

    @property
    def outstanding(self) -> list[str]:
        """What the handover certificate, or the record of a baseline inspection, leaves to be done."""
        if self.took_over_as == "TAKEOVER":
            return [row["item"] for row in self.answers("sign_handover_certificate")["outstanding"] or ()]
        return [item.name for item in self.handover_items if item.state.is_open]

    def settlement_of(self, answers: Answers) -> handover.Settlement:
        """The accounts as ``answers`` of ``settle_accounts`` state them."""
        return handover.Settlement(
            prepaid=self.prepaid,
            stated_by_building=_by_building(answers.get("prepaid_by_building") or ()),
            dispute_amount=answers["dispute_amount"],
            dispute_escrowed=bool(answers["escrowed"]),
        )

    # composed

    @property
    def ledgers(self) -> diagnosis.Ledgers:
        """The three ledgers."""
        given, pack = self.answers("compute_ledgers"), self.pack
        return diagnosis.Ledgers(
            economy=reading.economy(given),
            opinion=reading.opinion(given),
            timing=diagnosis.Timing(
                today=self.today,
                contract_end=self.contract_end,
                company_agrees=bool(given["company_agrees"]),
                renovation=given["renovation_link"] != "NONE",
            ),
            lines=diagnosis.Lines(
                gap_yellow_max=pack.value("gap_yellow_max"),
                support_green_min=pack.value("support_green_min"),
                support_yellow_min=pack.value("support_yellow_min"),
                window_days=pack.days("window_days"),
            ),
        )

    @property
    def contract_end(self) -> date | None:
        """The last day of the company's contract as the ledgers state it, else the application; None without one."""
        ledgers = self.answers("compute_ledgers").get("contract_end")
        end: date | None = ledgers or self.answers("submit_application").get("contract_end")
        return end

    @property
    def renewal(self) -> termination.Renewal | None:
        """What is due before the company's term is over, from the diagnosis until a new contract is signed.

        None without a company, or a term that is still ahead.
        """
        if not self.answered("hold_diagnosis_meeting") or self.answered("sign_contract"):
            return None
        served = self.answers("submit_application")["company_status"] == "COMPANY_EXISTS"
        end = self.contract_end
        if not served or end is None or end <= self.today:
            return None
        keys = ("renewal_decision_lead", "company_no_renew_notice", "renewal_last_call")
        lead, notice, last = (deadlines.length_of(self.pack.parameter(key)) for key in keys)
        return termination.renewal_dates(end, lead, notice, last)

    def ending(self, arrived_on: date) -> termination.Termination:
        """How the old contract ends on the chosen path, if the notice arrives on that day."""
        chosen = self.answers("choose_termination_path")
        return termination.earliest(
            termination.Path(chosen["path"]),
            reading.old_contract(self.answers("submit_application"), chosen),
            arrived_on,
            self.statutory_notice,
            new_effective=self.answers("finalise_contract")["service_start"],
        )

    @property
    def statutory_notice(self) -> int:
        """The days of notice that the pack sets for the chosen path."""
        indefinite = self.answers("choose_termination_path")["path"] == termination.Path.INDEFINITE_948
        return self.pack.days("indefinite_term_notice" if indefinite else "dismissal_notice")

    @property
    def has_assembly(self) -> bool:
        """Whether the owners have an assembly, or their first one is being called; else all owners decide as such."""
        founding = self.answered("set_up_prep_group") and self.outcome("first_assembly") != "NOT_FORMED"
        applied = self.answers_if_any("submit_application")
        return founding or applied.get("org_status") in owners_body.ELECTED_ONCE

    @property
    def budget_drafted(self) -> str:
        """The step that drew the first year's budget last: the company's, or the accountant's where none serves."""
        return self.last_of("draft_budget", "estimate_budget")

    @property
    def budget(self) -> budget.Budget:
        """The first year's budget."""
        share = reading.remuneration(self.answers("draft_plan"))
        lines = self.answers(self.budget_drafted)["lines"]
        return reading.first_budget(lines, share, self.pack.value("unforeseen_max"))

    @property
    def budget_problems(self) -> Sequence[Problem]:
        """What is wrong with the budget."""
        return budget.check(self.budget)


def _by_building(listed: Sequence[Mapping[str, Any]]) -> dict[str, Decimal] | None:
    """What the settlement states for each building; None where it states only the total."""
    stated: dict[str, Decimal] = {}
    for row in listed:
        stated[row["building"]] = stated.get(row["building"], Decimal(0)) + row["amount"]
    return stated or None
