"""Shoppers during a backfill during a storm of bad files: no checkout waits, and all adds up.

On a cloud of its own, whose waits are a fiftieth of what state machines say: a backfill's portion
follows upon the last without a gap.
"""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from lambdas.lake.layout import RAW
from local.backfill import backfill
from local.cloud import Cloud
from local.generate.__main__ import generate
from local.generate.compare import gold
from local.generate.objects import HISTORY
from local.generate.world import Wish
from local.pipeline import Pipeline
from local.progress import Progress
from local.queries import ENGINES
from local.reconcile import acknowledged_totals, check_pipeline
from local.traffic import Shoppers
from tests.chaos import Accident
from tests.e2e.crowd import Crowd
from tests.e2e.game import settle, show
from tests.e2e.side_by_side import (
    KNOWN_BY,
    MADE_BEFORE,
    Side,
    journeys,
    members,
    quarantined,
    sold,
    spread,
    total,
)
from tests.e2e.storm import storm
from tests.e2e.waiting import eventually
from tests.folders import postgres_folder

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from local.generate.truth import ObjectTruth

pytestmark = pytest.mark.xdist_group("game day")

SEED = 7
WISH = Wish(lines=2500, years=1, days=3, until=date(2016, 1, 1), mess=0.1, seed=SEED)
HURRY = {"SFN_WAIT_SCALE": "0.02"}
SMALL_PORTIONS = {"PORTION_OBJECTS": "2"}
WAITS, SOURCE = f"{RAW}history-sales/backfill/", f"{HISTORY}/history-sales/"
STORM_OBJECTS = 30
AT_REST_SECONDS, SHOP_SECONDS, SEND_SECONDS, LOOK_SECONDS = 8.0, 0.7, 1.0, 3.0
MOST_BEHIND = 8
"""Runs of the API's own that start before a checkout's: dispatchers hold a batch each while another
gathers in the queue, and capture may be late."""
MAY_BE_PASSED = 0.2
"""Share of checkouts that wait while runs of other sources come and go, though none of the API's is
at work: none by rule; a short one may fit in while dispatch takes its time."""


@pytest.fixture(scope="module")
def side(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    """First the shoppers alone, then all at once until the backfill ends, then what is left."""
    made = tmp_path_factory.mktemp("made")
    with postgres_folder() as folder, ThreadPoolExecutor(1) as pool:
        truth = pool.submit(generate, WISH, made, Console(quiet=True))
        cloud = Cloud(folder / "cloud", emulator=HURRY, functions=SMALL_PORTIONS)
        try:
            access = cloud.up(Progress())
            shopped = Shoppers(access, seed=SEED, scale=1).run(lambda _: None)
            side = Side(Pipeline(access), shopped, truth.result())
            settle(side.pipeline)
            crowd = Crowd(access, shopped, SEED)
            begun = len(shopped.checkouts)
            with Accident(shopping(crowd)):
                time.sleep(AT_REST_SECONDS)
            side.at_rest = shopped.checkouts[begun:]
            settle(side.pipeline)
            all_at_once(side, crowd, made)
            yield side
        finally:
            cloud.down()


def all_at_once(side: Side, crowd: Crowd, made: Path) -> None:
    for path, truth in side.truth.objects.items():
        if path.startswith(SOURCE):
            side.put(f"{WAITS}{path.removeprefix(SOURCE)}", (made / path).read_bytes(), truth)
    begun, rest = len(side.acknowledged.checkouts), files(side, made)

    def send(stop: threading.Event) -> None:
        for each in islice(rest, 1):
            side.put(*each)
        stop.wait(SEND_SECONDS)

    with Accident(shopping(crowd)), Accident(send):
        look_on(side)
    side.meanwhile = side.acknowledged.checkouts[begun:]
    for each in rest:
        side.put(*each)
    eventually(side.pipeline.idle, 240, lambda: f"still at work: {side.pipeline.runs()}")
    settle(side.pipeline)


def shopping(crowd: Crowd) -> Callable[[threading.Event], None]:
    """One customer after another, not too fast for a small machine."""

    def shop(stop: threading.Event) -> None:
        crowd.shop(stop)
        stop.wait(SHOP_SECONDS)

    return shop


def files(side: Side, made: Path) -> Iterator[tuple[str, bytes, ObjectTruth]]:
    """All that does not wait for the backfill: good ones and the storm's by turns."""
    good = (
        (f"{RAW}{path.partition('/')[2]}", (made / path).read_bytes(), truth)
        for path, truth in side.truth.objects.items()
        if not path.startswith(SOURCE)
    )
    turns = zip_longest(islice(storm(SEED), STORM_OBJECTS), good)
    return (each for each in chain.from_iterable(turns) if each)


def look_on(side: Side) -> None:
    """Backfills, and looks at gold all the while."""
    access = side.pipeline.access
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(backfill, access, lambda _: None, prefix=WAITS)
        while not running.done():
            there = set(sold(side.pipeline, ENGINES[0]))
            side.looks.append((time.time(), there))
            time.sleep(LOOK_SECONDS)
        side.backfilled = running.result()
    machine = access.outputs["BackfillMachineArn"]
    [told] = access.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    side.ended = told["stopDate"].timestamp()


def test_checkouts_come_to_gold_all_the_while_and_wait_for_no_backfill(side: Side) -> None:
    resting, busy = journeys(side, side.at_rest), journeys(side, side.meanwhile)
    facts = {
        "at rest": spread(resting),
        "side by side": spread(busy),
        "backfill": str(side.backfilled["counts"]),
        "portions": side.backfilled["portions"],
        "seconds": side.backfilled["seconds"],
        "new checkouts, look by look": str(side.arrivals()),
        "objects beside it": len(side.sent),
    }
    show(facts, "Sources side by side")
    arrived = [count for count in side.arrivals() if count]
    assert len(arrived) >= side.backfilled["portions"] // 2
    assert max(each.behind for each in busy) <= MOST_BEHIND
    assert sum(each.passed > 0 for each in busy) <= MAY_BE_PASSED * len(busy)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_made_up_and_what_the_api_sold_are_there_to_the_cent(
    side: Side, engine: str
) -> None:
    found = gold(side.pipeline.access, engine).sales
    made = {month: sums for month, sums in found.items() if month < MADE_BEFORE}
    assert made == side.truth.files.gold.sales
    own = total(sums for month, sums in found.items() if month >= MADE_BEFORE)
    assert own == acknowledged_totals(side.acknowledged)
    checkouts = side.acknowledged.checkouts
    assert sold(side.pipeline, engine) == {e.transaction_id: len(e.lines) for e in checkouts}


@pytest.mark.parametrize("engine", ENGINES)
def test_so_are_customers_items_and_vendors(side: Side, engine: str) -> None:
    known = side.acknowledged
    acknowledged = {
        "customer": len(known.customers),
        "inventory": len(known.items),
        "vendor": len(known.vendors),
    }
    found = {table: members(side.pipeline, engine, table) for table in KNOWN_BY}
    made = {table: side.truth.files.gold.members[table] for table in KNOWN_BY}
    assert {table: counts for table, (counts, _) in found.items()} == made
    assert {table: own for table, (_, own) in found.items()} == acknowledged


def test_the_quarantine_has_the_bad_records_and_nothing_else(side: Side) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for key, truth in side.sent.items():
        expected.update({(key, reason): count for reason, count in truth.quarantined.items()})
    assert Counter(quarantined(side.pipeline)) == expected
    reasons = sum((Counter(each["reasons"]) for each in side.pipeline.records()), Counter[str]())
    assert set(reasons) >= {"truncated", "inflated", "unknown_source", "missing_field"}
    assert reasons.total() == expected.total()


def test_of_each_object_every_record_is_accounted_for(side: Side) -> None:
    told = [each for record in side.pipeline.records() for each in record["lineage"]]
    counts = {each["raw"]: each["counts"] for each in told if each["raw"] in side.sent}
    assert counts == {
        key: {
            "records": truth.records,
            "accepted": truth.accepted,
            "quarantined": sum(truth.quarantined.values()),
            "duplicate": truth.duplicate,
            "ignored": truth.ignored,
        }
        for key, truth in side.sent.items()
    }
    for record in side.pipeline.records():
        whole = dict(record["counts"])
        assert whole.pop("records") == sum(whole.values()), record["run"]


def test_no_run_failed_and_each_object_is_in_exactly_one(side: Side) -> None:
    assert {run.status for run in side.pipeline.runs()} == {"SUCCEEDED"}
    broken = [each.sentence for each in check_pipeline(side.pipeline) if not each.passed]
    bad = sum(sum(truth.quarantined.values()) for truth in side.sent.values())
    assert broken == [f"{bad} records are quarantined"]
