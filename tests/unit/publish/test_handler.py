"""Publishing through the handler, with awswrangler's Parquet in S3 as moto has it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lambdas.contracts import BY_TABLE
from lambdas.lake.documents import DeltaPart, PublishedPart
from lambdas.lake.layout import LIVE, RunKeys, delta_key, replay_target
from lambdas.publish.handler import handle, publisher
from lambdas.publish.protocol import Slot, generation_shown
from lambdas.publish.replay_handler import handle as handle_replay
from lambdas.publish.tables import read_gold
from tests.fakes import FakeContext
from tests.publishing import quick_render, row, table

if TYPE_CHECKING:
    import pytest

    from lambdas.lake.objects import LakeBucket

SALES = BY_TABLE["sales"]
MONTH = "month=2025-03"
SLOT = Slot(LIVE, "sales", MONTH, 0)


def deliver(bucket: LakeBucket, run: str, *states: tuple[int, int], target: str = LIVE) -> None:
    """Leaves a delta as conform does, and publishes it."""
    body = quick_render(table(SALES, [row(SALES, key, rev) for key, rev in states]), 0)
    key = delta_key(run, "sales", MONTH, 0)
    bucket.put(key, body)
    part = DeltaPart("sales", MONTH, 0, key, rows=len(states), size=len(body))
    event = {"run": run, "part": asdict(part), "target": target}
    assert handle(event, FakeContext()) == {}


def published(bucket: LakeBucket, run: str) -> PublishedPart:
    return PublishedPart.from_json(bucket.get(RunKeys(run).published("sales", MONTH, 0)).body)


def replay(action: str) -> dict[str, Any]:
    answer: dict[str, Any] = handle_replay({"action": action, "replay": "r1"}, FakeContext())
    return answer


def test_a_delta_reaches_gold_and_what_it_did_is_left_with_the_run(bucket: LakeBucket) -> None:
    deliver(bucket, "run-1", (1, 1), (2, 1))
    deliver(bucket, "run-2", (2, 2), (3, 1))
    first, second = published(bucket, "run-1"), published(bucket, "run-2")
    assert (first.generation, first.counts.inserted) == (1, 2)
    assert (second.generation, second.counts.inserted, second.counts.updated) == (2, 1, 1)
    gold = bucket.get("gold/sales/month=2025-03/part-0.parquet")
    assert gold.metadata == {"generation": "2"}
    assert read_gold(SALES, gold.body).table["item_id"].to_pylist() == [1, 2, 1]


def test_a_part_published_again_changes_neither_state_nor_gold(bucket: LakeBucket) -> None:
    deliver(bucket, "run-1", (1, 1))
    before = [bucket.get(key).etag for key in (SLOT.state_key, SLOT.gold_key)]
    deliver(bucket, "run-1", (1, 1))
    assert [bucket.get(key).etag for key in (SLOT.state_key, SLOT.gold_key)] == before
    assert published(bucket, "run-1").counts.unchanged == 1


def test_a_rival_between_read_and_write_costs_a_second_try_and_no_row(
    bucket: LakeBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(bucket, "run-1", (1, 1))
    rival = [("run-2", (2, 1))]
    mine = publisher()
    render = mine.render

    def render_late(*request: Any) -> bytes:
        """The state is read and merged by now; let the rival through first."""
        for run, state in [rival.pop()] if rival else []:
            deliver(bucket, run, state)
        return render(*request)

    monkeypatch.setattr(mine, "render", render_late)
    monkeypatch.setattr(mine, "pause", lambda _attempt: None)
    deliver(bucket, "run-3", (3, 1))
    gold = read_gold(SALES, bucket.get(SLOT.gold_key).body)
    assert gold.number == 3
    assert gold.table.num_rows == 3


def test_a_replay_that_differs_is_compared_and_swapped_in(bucket: LakeBucket) -> None:
    deliver(bucket, "run-1", (1, 1), (2, 1))
    deliver(bucket, "again-1", (1, 1), (2, 3), target=replay_target("r1"))
    compared = replay("compare")
    assert compared["partitions"] == {"equal": 0, "differs": 1, "missing": 0, "extra": 0}
    assert compared["different"][0]["rows"]["changed"] == 1
    assert replay("swap") == {
        "report": "runs/replay-r1/report.json",
        "swapped": 1,
        "conflicts": 0,
        "named": [],
    }
    assert replay("compare")["equal"]
    assert generation_shown(bucket.head(SLOT.gold_key)) == 2
