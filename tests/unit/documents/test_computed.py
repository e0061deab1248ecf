"""Every figure of a register either names the rule that worked it out, or is one that somebody entered."""

from engine.documents import computed


def test_every_figure_names_its_rule_or_was_entered() -> None:
    figures = {*computed.counted()}
    named = {*computed.COMPUTED}
    assert not figures - named - computed.ENTERED, "say in engine/documents/computed.py how these are worked out"
    assert not named & computed.ENTERED
    assert not computed.ENTERED - figures
    # of texts only those that are worked out are named
    worked_out = {"roster.units[].headcount", "diagnosis.break_even_rate", "budget.annotated_lines[].change_pct",
                  "ballots.headcount", "ballot.headcount", "settlement.rows[].paid_for",
                  "settlement.rows[].left"}  # fmt: skip
    assert named - figures == worked_out


def test_every_rule_says_how_and_on_what_it_rests() -> None:
    assert all(rule.says and rule.source for rule in computed.COMPUTED.values())


def test_a_stored_name_finds_its_rule() -> None:
    assert computed.rule("ballots[].area") == computed.COMPUTED["ballots.area"]
    assert computed.rule("vote.items[].area_for") is not None
    assert computed.rule("estate.total_area") is None
