"""Compares a replay with live gold, and swaps in what differs. Invoked by people, not by events."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lambdas.lake.layout import replay_report_key, replay_target
from lambdas.publish.handler import publisher
from lambdas.publish.replay import Report, Status, SwapConflictError, compare, swap
from lambdas.runtime.observe import logger, tracer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from lambdas.publish.protocol import Publisher

MAX_NAMED = 100
"""Partitions named in an answer, which must stay under 256 KB; the report names all."""


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """`{"action": "compare" | "swap", "replay": its id}` -> a summary.

    Swap goes by the report of the last comparison, and puts in place only what differed.
    """
    replay = event["replay"]
    logger.append_keys(run=f"replay-{replay}")
    answer = {"compare": compare_replay, "swap": swap_replay}[event["action"]](publisher(), replay)
    logger.info(event["action"], extra=answer)
    return answer


def compare_replay(publisher: Publisher, replay: str) -> dict[str, Any]:
    report = compare(publisher.store, replay, replay_target(replay))
    key = replay_report_key(replay)
    publisher.store.put(key, report.to_json())
    counts = Counter(each.status for each in report.partitions)
    return {
        "report": key,
        "equal": not report.different,
        "partitions": {status.value: counts[status] for status in Status},
        "different": [
            {"partition": each.name, "status": each.status.value, "rows": asdict(each.rows)}
            for each in report.different[:MAX_NAMED]
        ],
    }


def swap_replay(publisher: Publisher, replay: str) -> dict[str, Any]:
    """Swaps every partition that it can; the conflicts want another comparison."""
    report = Report.from_json(publisher.store.get(replay_report_key(replay)).body)
    conflicts = []
    for each in report.different:
        try:
            swap(publisher, replay_target(replay), each)
        except SwapConflictError as conflict:
            conflicts.append(str(conflict))
    return {
        "report": replay_report_key(replay),
        "swapped": len(report.different) - len(conflicts),
        "conflicts": len(conflicts),
        "named": conflicts[:MAX_NAMED],
    }
