"""The sample cases that templates are tried with: what carried cases print, in every variant, and nobody is named."""

import csv
import lzma
import re

import orjson
import pytest
import yaml

from engine.carry import specimens
from engine.documents import catalogue, samples
from engine.documents.samples import Printed, Sample
from engine.use_cases.library import Library
from tests.carrying import CASES, Carried
from tests.documents import word


def test_the_file_is_what_the_command_makes_of_the_carried_cases(carried: Carried) -> None:
    made = specimens.made([(name, carried.out(name)) for name in specimens.CASES], carried.library)
    kept = orjson.loads(lzma.decompress(carried.library.sampled))
    again = orjson.loads(orjson.dumps(samples.record(made)))
    assert [one["title"] for one in again] == [one["title"] for one in kept], "run daoru template specimens"
    for new, old in zip(again, kept, strict=True):
        assert new == old, f"{new['title']}: run daoru template specimens"


@pytest.mark.parametrize("case", ["reference", "vote-invalid-ballots"])
def test_what_is_noted_of_a_paper_prints_the_paper_that_was_issued(case: str, carried: Carried) -> None:
    out = carried.out(case)
    for paper in orjson.loads((out / "summary.json").read_bytes())["documents"]:
        if paper["kind"] in {"ballot", *catalogue.REPORTS}:  # one of many; made anew whenever somebody asks
            continue
        then = orjson.loads((out / "data" / "facts" / f"{paper['number']}.json").read_bytes())
        known = Sample("", {paper["kind"]: Printed(paper["number"], paper["issued_on"], then)}, {}).facts(paper["kind"])
        again = word.paragraphs(carried.library.template(paper["kind"]).render(known))
        assert again == word.paragraphs((out / paper["file"]).read_bytes()), paper["title"]


def test_the_file_is_small_enough_to_be_shipped(library: Library) -> None:
    assert len(library.sampled) < 300_000


@pytest.mark.parametrize("kind", sorted(catalogue.KINDS))
def test_every_kind_of_paper_has_a_carried_case_with_which_its_template_prints(kind: str, library: Library) -> None:
    found = library.samples_of(kind)
    assert found, f"{kind}: add a case that issues it to carry.specimens.CASES"
    for known in found.values():
        assert library.template(kind).render(known)


#: By a fact of the contract, the values that its samples show.
VARIANTS = {
    "finalise_contract.fund_route_code": {"F1", "F2", "F3", "F4", "F5"},
    "hold_diagnosis_meeting.route_code": {
        *("REPLACE_BY_AGREEMENT", "REPLACE_BY_TENDER", "NEW_COMPANY", "CONVERT_EXISTING"),
        *("SELF_GOVERN", "MERGE_NEIGHBOUR"),
    },
    "verify_owners_body.body_kind_code": {"OC", "PMC", "ALL_OWNERS"},
    "estate.assembly": {"是", "否"},
}


@pytest.mark.parametrize("name", VARIANTS)
def test_the_contract_is_looked_at_in_all_its_variants(name: str, library: Library) -> None:
    shown = {
        known.record([name]).get(name, {}).get("value") for known in library.samples_of("service_contract").values()
    }
    assert shown >= VARIANTS[name]


def _persons() -> set[str]:
    """Owners of the shipped registers, and the people of the case files."""
    found: set[str] = set()
    for file in CASES.glob("*-roster.csv"):
        with file.open(encoding="utf-8-sig", newline="") as opened:
            found |= {name for row in csv.DictReader(opened) for name in re.split("[、;；,，]", row["产权人"])}
    for file in CASES.glob("*.yaml"):
        found |= {*(yaml.safe_load(file.read_text()).get("people") or {}).values()}
    return {name.strip() for name in found if len(name.strip()) > 2}


def test_nobody_of_the_cases_is_named(library: Library) -> None:
    text = lzma.decompress(library.sampled).decode()
    assert len(_persons()) > 150
    assert not [name for name in _persons() if name in text]


def test_names_and_numbers_of_persons_are_hidden_wherever_they_stand() -> None:
    hidden = samples.without_persons({"张三", "张三丰"}, lambda name: f"{name[0]}**")
    assert hidden("张三丰、张三签字，电话13812345678，证件320404197001011234") == (
        "张**、张**签字，电话138****5678，证件320404************"
    )
