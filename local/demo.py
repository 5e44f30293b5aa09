"""The main job: bring a cloud up, send a day's traffic, wait for it to drain, check, report."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.text import Text

from local.cloud import CLOUDS, Cloud
from local.pipeline import GoldWatch, Pipeline
from local.reconcile import Check, check_all
from local.report import Report
from local.traffic import Shoppers

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.progress import Progress
    from local.traffic import Acknowledged

DRAIN_SECONDS, DRAIN_SECONDS_PER_SCALE = 120, 30
LOOK_SECONDS = 0.5
FACTS = CLOUDS / "demo.json"


def run(progress: Progress, *, scale: int, seed: int) -> bool:
    """Runs the demo; True if every check passed. The facts go to `.local/demo.json`."""
    began = time.monotonic()
    cloud = Cloud(CLOUDS / "demo")
    try:
        access = cloud.up(progress)
        pipeline = Pipeline(access)
        shoppers = Shoppers(access, seed=seed, scale=scale)
        with GoldWatch(pipeline) as watch:
            with progress.step("Traffic over HTTP") as say:
                acknowledged = shoppers.run(say)
            with progress.step("Pipeline drains") as say:
                checks = drain(pipeline, watch, acknowledged, say, scale)
        with progress.step("Report"):
            report = Report.gather(
                pipeline,
                acknowledged,
                first_seen=watch.seen,
                checks=checks,
                arguments={"scale": scale, "seed": seed},
            )
    finally:
        with progress.step("Clean stop"):
            cloud.down()
    report.show(progress.console)
    report.write(FACTS, progress.seconds, time.monotonic() - began)
    failed = [check for check in report.checks if not check.passed]
    for check in failed:
        progress.console.print(Text(f"✗ {check.name}: {check.sentence}", style="red"))
    return not failed


def drain(
    pipeline: Pipeline,
    watch: GoldWatch,
    acknowledged: Acknowledged,
    say: Callable[[str], None],
    scale: int,
) -> list[Check]:
    """Waits until the pipeline is idle and all checks pass, or for as long as it may take.

    Running out of time is no error here: the checks, returned as they were last, say what is
    missing.
    """
    deadline = time.monotonic() + DRAIN_SECONDS + DRAIN_SECONDS_PER_SCALE * scale
    expected = {each.transaction_id for each in acknowledged.checkouts}
    while True:
        missing = len(expected - watch.seen.keys())
        say(f"{len(expected) - missing} of {len(expected)} checkouts in gold")
        late = time.monotonic() > deadline or watch.failure is not None
        if late or (not missing and pipeline.idle()):
            checks = check_all(pipeline, acknowledged)
            if late or all(check.passed for check in checks):
                return checks
        time.sleep(LOOK_SECONDS)
