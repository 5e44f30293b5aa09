"""The whole way under enforced IAM, with the accidents that at-least-once delivery brings.

The tests share one cloud and run in this order on one worker; each leaves it drained.
"""

from __future__ import annotations

import json
import random
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from lambdas.lake.layout import RunKeys
from local import operate
from local.demo import drain
from local.pipeline import GoldWatch, Pipeline
from local.queries import ENGINES, ask, named_query
from local.reconcile import check_all, totals
from local.traffic import Shoppers
from tests.chaos import Workers

if TYPE_CHECKING:
    from local.reconcile import Check
    from local.traffic import Acknowledged

pytestmark = pytest.mark.xdist_group("cloud")
QUIET_SECONDS = 3


def shop_until_drained(pipeline: Pipeline, seed: int) -> tuple[Acknowledged, list[Check]]:
    shoppers = Shoppers(pipeline.access, seed=seed, scale=1)
    with GoldWatch(pipeline) as watch:
        acknowledged = shoppers.run(lambda _: None)
        checks = drain(pipeline, watch, acknowledged, lambda _: None, scale=1)
    return acknowledged, checks


def failures(checks: list[Check]) -> list[str]:
    return [check.sentence for check in checks if not check.passed]


def wait_until_idle(pipeline: Pipeline, seconds: float = 90) -> None:
    """Idle for some seconds on end: what was just sent may not have become a run yet."""
    deadline, idle_since = time.monotonic() + seconds, None
    while time.monotonic() < deadline:
        if not pipeline.idle():
            idle_since = None
        elif idle_since is None:
            idle_since = time.monotonic()
        elif time.monotonic() - idle_since > QUIET_SECONDS:
            return
        time.sleep(0.3)
    raise AssertionError(f"not idle after {seconds} s: {pipeline.runs()}")


@pytest.fixture(scope="module")
def day(pipeline: Pipeline) -> Acknowledged:
    """The demo's traffic, with functions killed while they publish and a load that fails."""
    access = pipeline.access
    control: dict[str, Any] = {"fail_after": "COPY", "times": 2}
    requests.post(f"{access.warehouse}/_control", json=control, timeout=10).raise_for_status()
    killed: list[int] = []
    stop = threading.Event()
    killer = threading.Thread(
        target=kill_publishers, args=(Workers(access), stop, killed), daemon=True
    )
    killer.start()
    acknowledged, checks = shop_until_drained(pipeline, seed=7)
    stop.set()
    killer.join()
    assert killed, "no publisher was working when it should have been killed"
    failed = access.client("redshift-data").list_statements(Status="FAILED")["Statements"]
    assert len(failed) == control["times"], "the loads that should have failed did not"
    assert not failures(checks)
    return acknowledged


def kill_publishers(
    workers: Workers, stop: threading.Event, killed: list[int], times: int = 3
) -> None:
    """Kills the processes in which the emulator runs the publish function, while they work.

    With a cold start an invocation takes seconds, so that a kill within the first two falls into
    its import or its work.
    """
    dice = random.Random(7)
    while not stop.wait(0.05) and len(killed) < times:
        for process in workers.of("Publish"):
            if process.pid not in killed:
                stop.wait(dice.uniform(0.2, 2))
                if process.is_running():
                    process.kill()
                    killed.append(process.pid)
                break


def test_a_day_reconciles_in_gold_and_warehouse_through_kills_and_a_failed_load(
    day: Acknowledged, pipeline: Pipeline
) -> None:
    for engine in ENGINES:
        found = totals(pipeline.access, engine)
        assert (found.lines, found.units, found.money) == (day.lines, day.units, day.money)


def test_the_five_way_star_join_is_the_same_in_athena_and_the_warehouse(
    day: Acknowledged, pipeline: Pipeline
) -> None:
    athena, warehouse = (
        ask(pipeline.access, engine, named_query("star_join")) for engine in ENGINES
    )
    assert len(athena.rows) == 10
    assert day.lines >= len(athena.rows)
    assert athena == warehouse


def test_a_redelivered_event_starts_nothing(day: Acknowledged, pipeline: Pipeline) -> None:
    before, [raw, *_] = pipeline.runs(), pipeline.raw_versions()
    event = {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {
            "bucket": {"name": pipeline.bucket},
            "object": {"key": raw.key, "version-id": raw.version_id, "size": 1},
        },
    }
    sqs = pipeline.access.client("sqs")
    urls = sqs.list_queues()["QueueUrls"]
    for name in ("Changes", "RawObjects"):
        [queue] = [url for url in urls if f"Pipeline-{name}" in url]
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(event))
    time.sleep(QUIET_SECONDS)
    wait_until_idle(pipeline)
    assert {run.name for run in pipeline.runs()} == {run.name for run in before}
    assert not failures(check_all(pipeline, day))


def test_a_finished_run_that_runs_again_changes_nothing(
    day: Acknowledged, pipeline: Pipeline
) -> None:
    run = next(each.name for each in pipeline.runs() if each.status == "SUCCEEDED")
    gold = {key: pipeline.etag(key) for key in pipeline.keys("gold/")}
    again = f"{run}-again"
    manifest = json.loads(pipeline.read(RunKeys(run).manifest)) | {"run": again}
    pipeline.s3.put_object(
        Bucket=pipeline.bucket, Key=RunKeys(again).manifest, Body=json.dumps(manifest)
    )
    machine = pipeline.access.outputs["StateMachineArn"]
    document = json.dumps({"run": again, "manifest": RunKeys(again).manifest})
    pipeline.access.client("stepfunctions").start_execution(
        stateMachineArn=machine, name=again, input=document
    )
    wait_until_idle(pipeline)
    states = {each.name: each.status for each in pipeline.runs()}
    assert states[again] == "SUCCEEDED"
    assert {key: pipeline.etag(key) for key in pipeline.keys("gold/")} == gold
    for engine in ENGINES:
        assert totals(pipeline.access, engine).money == day.money
    record = json.loads(pipeline.read(RunKeys(again).record))
    for table, counts in record["tables"].items():
        assert (counts["inserted"], counts["updated"]) == (0, 0), table


def test_gold_rebuilt_from_raw_equals_gold(day: Acknowledged, pipeline: Pipeline) -> None:
    assert day.lines
    outcome: dict[str, Any] = operate.replay(pipeline.access, lambda _: None)["compared"]
    assert outcome["equal"], outcome["different"]
    gold = list(pipeline.keys("gold/"))
    assert outcome["partitions"]["equal"] == len(gold)


def test_a_resync_of_the_table_changes_nothing(day: Acknowledged, pipeline: Pipeline) -> None:
    operate.resync(pipeline.access, lambda _: None)
    time.sleep(QUIET_SECONDS)
    wait_until_idle(pipeline)
    for engine in ENGINES:
        found = totals(pipeline.access, engine)
        assert (found.lines, found.units, found.money) == (day.lines, day.units, day.money)


def test_no_message_is_left_in_the_dead_letter_queue(pipeline: Pipeline) -> None:
    assert pipeline.dead_letters() == 0
