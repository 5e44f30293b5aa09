"""A game day on a cloud of its own: drills one by one, then two minutes of all that may go wrong.

The tests run in this order on one worker. The emulator waits a fiftieth of what the state machine
says, so that retries come to their end within the test.
"""

from __future__ import annotations

import gzip
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
from rich.console import Console
from rich.table import Table

from lambdas.lake.layout import QUARANTINE, RunKeys
from local import operate
from local.cloud import Cloud
from local.pipeline import Pipeline
from local.progress import Progress
from local.queries import ENGINES, ask
from local.reconcile import check_all, totals
from local.traffic import Acknowledged, Shoppers
from tests.bad_records import BAD_RECORDS
from tests.capturing import lines
from tests.chaos import (
    Accident,
    Workers,
    kills_at_random,
    kills_at_work_on_large_objects,
    refused_writes,
)
from tests.e2e.crowd import Crowd
from tests.folders import postgres_folder
from tests.stream import customer, raw_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.xdist_group("game day")

SEED = 7
HURRY = {"SFN_WAIT_SCALE": "0.02"}
SWEEP_AT_ONCE = {"GRACE_MINUTES": "0"}
"""Else a sweep leaves to dispatch what is younger than a quarter of an hour."""
LOAD_ATTEMPTS = 7
KILL_PAUSE_SECONDS = (0.7, 1.7)
CALM, REFUSED, AWAY = 8.0, 12.0, 65.0
"""Seconds of the two minutes: before an accident, without writes, and without the warehouse once
writes are taken again."""
CHAOS_SECONDS = 120.0
DEADLY_RECORDS = 60_000
"""A few megabytes of NDJSON: long enough at work to be killed at it each time."""


@dataclass
class Game:
    """What happened, for the checks and the table at the end."""

    cloud: Cloud
    pipeline: Pipeline
    acknowledged: Acknowledged
    expected: dict[tuple[str, int], str] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    facts: dict[str, object] = field(default_factory=dict)

    def drop(self, name: str, body: bytes, codes: dict[int, str]) -> str:
        """A raw object whose rows are to be quarantined under these codes."""
        today = datetime.now(UTC).date()  # a sweep enters the folders of the last days
        key = f"raw/game/dt={today}/{name}.ndjson.gz"
        self.pipeline.s3.put_object(Bucket=self.pipeline.bucket, Key=key, Body=body)
        self.expected |= {(key, row): code for row, code in codes.items()}
        return key


@pytest.fixture(scope="module")
def game() -> Iterator[Game]:
    """A cloud on which a day's traffic has come through."""
    with postgres_folder() as folder:
        cloud = Cloud(folder / "cloud", emulator=HURRY, functions=SWEEP_AT_ONCE)
        try:
            access = cloud.up(Progress())
            shoppers = Shoppers(access.api_url, access.certificate, seed=SEED, scale=1)
            game = Game(cloud, Pipeline(access), shoppers.run(lambda _: None))
            settle(game.pipeline)
            assert not failures(game)
            yield game
        finally:
            cloud.down()


def settle(pipeline: Pipeline, seconds: float = 90) -> None:
    """Waits until no run works, and none begins for a while."""
    wait(lambda: _quiet(pipeline), seconds, lambda: f"still at work: {pipeline.runs()}")


def _quiet(pipeline: Pipeline, seconds: float = 3) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if any(run.status == "RUNNING" for run in pipeline.runs()):
            return False
        time.sleep(0.3)
    return True


def wait(until: Callable[[], bool], seconds: float, otherwise: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.3)


def failures(game: Game) -> list[str]:
    """Checks of the demo that do not hold; the quarantine has checks of its own here."""
    checks = check_all(game.pipeline, game.acknowledged)
    return [each.sentence for each in checks if not each.passed and each.name != "no quarantine"]


def clear_up(game: Game) -> dict[str, int]:
    """What an operator does afterwards, until nothing is left: sweep and redrive."""
    done = {"sweeps": 0, "swept runs": 0, "redriven runs": 0}
    for _ in range(10):
        settle(game.pipeline, 180)
        redriven = operate.redrive(game.pipeline.access, lambda _: None)["started"]
        swept = operate.sweep(game.pipeline.access, lambda _: None)["pages"]
        done["sweeps"] += 1
        done["swept runs"] += sum(page["started"] for page in swept)
        done["redriven runs"] += redriven
        settle(game.pipeline, 180)
        if game.pipeline.idle():
            return done
    raise AssertionError(f"not cleared up: {game.pipeline.runs()}")


def sold(game: Game, engine: str) -> Counter[str]:
    """Lines by transaction."""
    rows = ask(game.pipeline.access, engine, "SELECT transaction_id, line_no FROM sales").rows
    return Counter(str(transaction) for transaction, _ in rows)


def quarantine(game: Game) -> dict[tuple[str, int], str]:
    """Code by (raw object, row), of everything in quarantine."""
    entries = [
        entry for key in game.pipeline.keys(QUARANTINE) for entry in lines(game.pipeline.read(key))
    ]
    found = {(entry["source"], entry["row"]): entry["code"] for entry in entries}
    assert len(found) == len(entries)
    return found


def run_of(pipeline: Pipeline, key: str) -> dict[str, Any]:
    [record] = [
        each for each in pipeline.records() if key in {source["key"] for source in each["inputs"]}
    ]
    return record


def test_a_load_that_ran_out_of_retries_is_brought_through_by_a_redrive(game: Game) -> None:
    pipeline, access = game.pipeline, game.pipeline.access
    fault = {"fail_after": "COPY", "times": LOAD_ATTEMPTS}
    requests.post(f"{access.warehouse}/_control", json=fault, timeout=10).raise_for_status()
    before = totals(access, "warehouse")
    Crowd(access, game.acknowledged, SEED).shop(threading.Event())
    wait(lambda: bool(failed_runs(pipeline)), 60, lambda: f"no run failed: {pipeline.runs()}")
    settle(pipeline)
    [run] = failed_runs(pipeline)
    wait(lambda: has(pipeline, RunKeys(run).failure), 10, lambda: "the failure is not recorded")
    failure = json.loads(pipeline.read(RunKeys(run).failure))
    assert (failure["run"], failure["status"]) == (run, "FAILED")
    assert totals(access, "athena").money == game.acknowledged.money
    assert totals(access, "warehouse") == before

    redriven = operate.redrive(access, lambda _: None)

    assert redriven["names"] == [f"{run}-2"]
    settle(pipeline)
    assert not failures(game)
    assert operate.redrive(access, lambda _: None)["started"] == 0


def test_what_ends_the_clean_function_is_quarantined_and_delays_nobody(game: Game) -> None:
    pipeline = game.pipeline
    killed: Counter[str] = Counter()
    with kills_at_work_on_large_objects(Workers(pipeline.access), killed):
        deadly = game.drop("deadly", deadly_object(), {0: "deadly_object"})
        bad = game.drop("neighbour", raw_object(b"garbage"), {1: "malformed_json"})
        wait(pipeline.idle, 90, lambda: f"{pipeline.runs()}, killed {killed}")
    record = run_of(pipeline, deadly)
    assert killed == {"Clean": 4}
    assert record["attempt"] == 1
    assert bad in {each["key"] for each in record["inputs"]}
    assert record["reasons"] == {"deadly_object": 1, "malformed_json": 1}
    assert quarantine(game) == game.expected
    assert not failures(game)


def deadly_object() -> bytes:
    """One good record again and again; it is the killer who makes it deadly."""
    return gzip.compress(raw_line() * DEADLY_RECORDS, mtime=0)


def raw_line() -> bytes:
    return gzip.decompress(raw_object(customer(2**40)))


def failed_runs(pipeline: Pipeline) -> list[str]:
    return [run.name for run in pipeline.runs() if run.status not in {"RUNNING", "SUCCEEDED"}]


def has(pipeline: Pipeline, key: str) -> bool:
    return key in set(pipeline.keys(key))


@pytest.fixture(scope="module")
def aftermath(game: Game) -> Game:
    """Two minutes of accidents under traffic, and the clearing up."""
    pipeline, access = game.pipeline, game.pipeline.access
    before, runs_before = len(game.acknowledged.checkouts), len(pipeline.runs())
    crowd = Crowd(access, game.acknowledged, SEED)
    killers = kills_at_random(Workers(access), game.killed, SEED, KILL_PAUSE_SECONDS)
    began = time.monotonic()
    with Accident(crowd.shop), killers:
        time.sleep(CALM)
        fill_quarantine(game, "first")
        game.cloud.stop_warehouse()
        time.sleep(CALM)
        game.facts["objects written while writes were refused"] = without_writes(game)
        time.sleep(AWAY)
        game.cloud.start_warehouse()
        fill_quarantine(game, "second")
        time.sleep(max(0.0, CHAOS_SECONDS - (time.monotonic() - began)))
    game.facts |= {
        "checkouts acknowledged meanwhile": len(game.acknowledged.checkouts) - before,
        "calls that had to be repeated": crowd.again,
        "functions killed": dict(game.killed.most_common()),
        "failed executions": len(failed_runs(pipeline)),
    }
    game.facts |= clear_up(game)
    game.facts["runs"] = dict(Counter(run.status for run in pipeline.runs()))
    game.facts["new runs"] = len(pipeline.runs()) - runs_before
    game.facts["quarantined"] = dict(Counter(quarantine(game).values()).most_common())
    show(game.facts)
    return game


def without_writes(game: Game) -> int:
    """Refuses writes for a while; how many objects were written nevertheless."""
    pipeline, checkouts = game.pipeline, len(game.acknowledged.checkouts)
    with refused_writes(pipeline):
        time.sleep(1)  # what was under way when the policy changed
        before = len(pipeline.raw_versions())
        time.sleep(REFUSED)
        written = len(pipeline.raw_versions()) - before
    assert len(game.acknowledged.checkouts) > checkouts, "the shop has nothing to do with the lake"
    return written


def fill_quarantine(game: Game, wave: str) -> None:
    """Bad records of all kinds, a few an object."""
    dice = random.Random(wave)
    bad = dice.sample(BAD_RECORDS, len(BAD_RECORDS))
    for number in range(0, len(bad), 8):
        part = bad[number : number + 8]
        body = raw_object(*(record for record, _, _ in part), b"\xff")
        codes = {row: code for row, (_, code, _) in enumerate(part, start=1)}
        game.drop(f"{wave}-{number}", body, {**codes, len(part) + 1: "not_utf8"})
    game.drop(f"{wave}-damaged", b"\x1f\x8b damaged", {0: "unreadable_object"})


def show(facts: dict[str, object]) -> None:
    table = Table("what", "how much", title="Game day")
    for name, value in facts.items():
        text = ", ".join(f"{n} {v}" for n, v in value.items()) if isinstance(value, dict) else value
        table.add_row(name, str(text))
    Console(width=120).print(table)


def test_every_acknowledged_checkout_is_in_gold_and_the_warehouse_exactly_once(
    aftermath: Game,
) -> None:
    acknowledged = {
        each.transaction_id: len(each.lines) for each in aftermath.acknowledged.checkouts
    }
    for engine in ENGINES:
        assert sold(aftermath, engine) == acknowledged, engine
    assert not failures(aftermath)


def test_the_quarantine_accounts_for_each_bad_record(aftermath: Game) -> None:
    assert quarantine(aftermath) == aftermath.expected
    reasons: Counter[str] = Counter()
    for record in aftermath.pipeline.records():
        reasons.update(record["reasons"])
    assert reasons == Counter(aftermath.expected.values())


def test_nothing_was_written_while_writes_were_refused(aftermath: Game) -> None:
    assert aftermath.facts["objects written while writes were refused"] == 0


def test_every_failed_run_is_recorded_and_has_an_attempt_that_succeeded(aftermath: Game) -> None:
    pipeline = aftermath.pipeline
    succeeded = {record["digest"] for record in pipeline.records()}
    failed = failed_runs(pipeline)
    assert failed, "the warehouse was away for nothing"
    for run in failed:
        assert has(pipeline, RunKeys(run).failure), run
        assert run.partition("-")[0] in succeeded


def test_a_resync_finds_nothing_that_is_missing(aftermath: Game) -> None:
    operate.resync(aftermath.pipeline.access, lambda _: None)
    settle(aftermath.pipeline)
    assert not failures(aftermath)
