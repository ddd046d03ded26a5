"""The dataset holds: its rows keep to the codebook, and what is published is what they give."""

from pathlib import Path

import pytest

import timeline
from timeline.cli import main

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("verb", ["validate", "check", "verify"])
def test_the_dataset_holds(verb, capsys):
    """Rows; then that all is in canonical form and as a fresh build has it; then what is published, by its checksums."""
    status = main([verb, "--root", str(ROOT)])
    printed = capsys.readouterr()
    assert status == 0, printed.out + printed.err


def test_what_is_only_claimed_is_not_confirmed():
    """The example: put a test of your own rows in its place."""
    event = timeline.load("events", root=ROOT).set_index("event_id").loc["E0001"]
    assert event["claim_status"] == "claimed"
    assert event["scope"] == "israel"  # the first target of [scope] in codebook.toml
    assert timeline.Dataset(ROOT).evidence("E0001")["stance"].to_list() == ["claims"]
