"""Who vouches for what about a record, and where."""

import pandas as pd
import pytest

import timeline
from conftest import SOURCE
from timeline.cli import main


def test_evidence_is_in_order_of_publication(copy):
    copy.add(
        "sources",
        **dict(zip(*copy.rows("sources")[:2], strict=True)) | {"source_id": "a-later-one", "published": "2024-06-05"},
    )
    copy.add(
        "sources",
        **dict(zip(*copy.rows("sources")[:2], strict=True)) | {"source_id": "z-earlier-one", "published": "2023-12-01"},
    )
    copy.add(
        "sources",
        **dict(zip(*copy.rows("sources")[:2], strict=True)) | {"source_id": "m-some-day-in-june", "published": "2024-06~"},
    )
    shared = {
        "record_id": "E0014",
        "paragraph": "1",
        "speaker_id": "israel-military",
        "stance": "confirms",
        "aspect": "occurrence",
    }
    copy.add("attestations", attestation_id="T90001", source_id="a-later-one", **shared)
    copy.add("attestations", attestation_id="T90002", source_id="z-earlier-one", **shared)
    copy.add("attestations", attestation_id="T90003", source_id="m-some-day-in-june", **shared)
    assert main(["build", "--root", str(copy.root)]) == 0
    found = timeline.Dataset(copy.root).evidence("E0014")
    assert found["source_id"].to_list() == ["z-earlier-one", "m-some-day-in-june", SOURCE, "a-later-one"]
    event = timeline.load(root=copy.root).set_index("event_id").loc["E0014"]
    assert (event["first_reported"], event["n_sources"]) == (pd.Timestamp("2023-12-01"), 4)


def test_evidence_of_a_figure_and_of_a_record_nobody_voices():
    assert set(timeline.evidence("F0009")["speaker_id"]) == {"reuters"}
    assert timeline.evidence("F0012").empty


@pytest.mark.parametrize("name", ["E9999", "T00001", "", "e0022"])
def test_evidence_of_what_is_not_there_is_an_error(name):
    with pytest.raises(KeyError, match="no event or figure"):
        timeline.evidence(name)


def test_evidence_has_the_voices_that_speak_of_many(copy):
    shared = {"source_id": SOURCE, "paragraph": "1", "speaker_id": "reuters", "stance": "reports", "aspect": "occurrence"}
    for attestation_id, record_id in (("T90001", "E001*"), ("T90002", "E0014*"), ("T90003", "E0021*")):
        copy.add("attestations", attestation_id=attestation_id, record_id=record_id, **shared)
    assert main(["build", "--root", str(copy.root)]) == 0
    assert main(["verify", "--root", str(copy.root)]) == 0
    dataset = timeline.Dataset(copy.root)
    assert {"T90001", "T90002"} < set(dataset.evidence("E0014")["attestation_id"])
    assert "T90003" not in set(dataset.evidence("E0014")["attestation_id"])
    with pytest.raises(KeyError):
        dataset.evidence("E0014X")
