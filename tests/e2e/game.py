"""What the game day's tests share: the cloud and what happened on it, questions, clearing up."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from lambdas.lake.layout import QUARANTINE, RunKeys
from lambdas.record.documents import RunFailure
from lambdas.record.items import EXCEEDED
from local import operate
from local.queries import ask
from local.reconcile import check_all
from tests.bad_records import BAD_RECORDS
from tests.capturing import lines
from tests.chaos import function_named
from tests.e2e.waiting import eventually
from tests.stream import raw_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.cloud import Cloud
    from local.pipeline import Pipeline
    from local.traffic import Acknowledged

POISON = {"detail": {"why": "nobody can handle this"}}


@dataclass
class Game:
    """What happened, for the checks and the table at the end.

    `began` is before the day's traffic, `chaos` before the two minutes, in Unix seconds; `calm` are
    the highest values of what alarms watch until anything went wrong; `errors` are when the API
    answered with errors during the two minutes.
    """

    cloud: Cloud
    pipeline: Pipeline
    acknowledged: Acknowledged
    began: float
    chaos: float = 0.0
    calm: dict[str, float] = field(default_factory=dict)
    errors: list[float] = field(default_factory=list)
    expected: dict[tuple[str, int], str] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    facts: dict[str, object] = field(default_factory=dict)

    def drop(self, name: str, body: bytes, codes: dict[int, str]) -> str:
        """A raw object whose rows are to be quarantined under these codes."""
        today = datetime.now(UTC).date()  # a sweep enters the folders of the last days
        key = f"raw/unclassified/dt={today}/{name}.ndjson.gz"
        self.pipeline.s3.put_object(Bucket=self.pipeline.bucket, Key=key, Body=body)
        self.expected |= {(key, row): code for row, code in codes.items()}
        return key

    def fill_quarantine(self, wave: str) -> None:
        """Bad records of all kinds, a few an object."""
        dice = random.Random(wave)
        bad = dice.sample(BAD_RECORDS, len(BAD_RECORDS))
        for number in range(0, len(bad), 8):
            part = bad[number : number + 8]
            body = raw_object(*(record for record, _, _ in part), b"\xff")
            codes = {row: code for row, (_, code, _) in enumerate(part, start=1)}
            self.drop(f"{wave}-{number}", body, {**codes, len(part) + 1: "not_utf8"})
        self.drop(f"{wave}-damaged", b"\x1f\x8b damaged", {0: "unreadable_object"})

    def send_poison(self) -> None:
        """An event that its function cannot handle, however often it is tried."""
        access = self.pipeline.access
        access.client("lambda").invoke(
            FunctionName=function_named(access, "Failed"),
            InvocationType="Event",
            Payload=json.dumps(POISON),
        )

    def take_dead_letters(self) -> list[dict[str, Any]]:
        """What was given up; the queue is empty afterwards."""
        access = self.pipeline.access
        sqs, queue = access.client("sqs"), access.outputs["DeadLetterQueueUrl"]
        taken: list[dict[str, Any]] = []
        while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for each in found:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
                taken.append(json.loads(each["Body"]))
        return taken


def settle(pipeline: Pipeline, seconds: float = 240) -> None:
    """Waits until no run works, and none begins for a while."""
    eventually(lambda: _quiet(pipeline), seconds, lambda: f"still at work: {pipeline.runs()}")


def _quiet(pipeline: Pipeline, seconds: float = 3) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if any(run.status == "RUNNING" for run in pipeline.runs()):
            return False
        time.sleep(0.3)
    return True


def watch(game: Game) -> dict[str, Any]:
    """Has the watch look now: its next turn may be minutes away. Its worker may be killed at it."""
    for _ in range(9):
        try:
            return operate.call(game.pipeline.access, "Watch", {})
        except operate.OperateError:
            time.sleep(0.3)
    return operate.call(game.pipeline.access, "Watch", {})


def failures(game: Game) -> list[str]:
    """Checks of the demo that do not hold; the quarantine has checks of its own here."""
    checks = check_all(game.pipeline, game.acknowledged)
    return [each.sentence for each in checks if not each.passed and each.name != "no quarantine"]


def clear_up(game: Game) -> dict[str, int]:
    """What an operator does afterwards, until nothing is left: sweep and redrive."""
    done = {"sweeps": 0, "swept runs": 0, "redriven runs": 0}
    for _ in range(10):
        settle(game.pipeline)
        redriven = operate.redrive(game.pipeline.access, lambda _: None)["started"]
        swept = operate.sweep(game.pipeline.access, lambda _: None)["pages"]
        done["sweeps"] += 1
        done["swept runs"] += sum(page["started"] for page in swept)
        done["redriven runs"] += redriven
        settle(game.pipeline)
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


def failed_runs(pipeline: Pipeline) -> list[str]:
    return [run.name for run in pipeline.runs() if run.status not in {"RUNNING", "SUCCEEDED"}]


def has(pipeline: Pipeline, key: str) -> bool:
    return key in set(pipeline.keys(key))


def await_failures(game: Game, count: int) -> set[str]:
    """Waits until so many runs have failed, or more, and gives their names."""
    pipeline = game.pipeline
    eventually(
        lambda: len(failed_runs(pipeline)) >= count, 150, lambda: f"not failed: {pipeline.runs()}"
    )
    return set(failed_runs(pipeline))


def recorded(game: Game, run: str) -> RunFailure:
    """How the run failed, once that is recorded: with the map's item, if it was in a map.

    The recorder may itself have been killed, and tries again.
    """
    pipeline, key = game.pipeline, RunKeys(run).failure

    def found() -> bool:
        failure = has(pipeline, key) and RunFailure.from_json(pipeline.read(key))
        return bool(failure and (failure.item or failure.error != EXCEEDED))

    def otherwise() -> str:
        told = pipeline.read(key).decode() if has(pipeline, key) else "nothing"
        return f"of the failure of {run} is recorded {told}"

    eventually(found, 30, otherwise)
    return RunFailure.from_json(pipeline.read(key))


def show(facts: Mapping[str, object], title: str) -> None:
    table = Table("what", "how much", title=title)
    for name, value in facts.items():
        text = ", ".join(f"{n} {v}" for n, v in value.items()) if isinstance(value, dict) else value
        table.add_row(name, str(text))
    Console(width=120).print(table)
