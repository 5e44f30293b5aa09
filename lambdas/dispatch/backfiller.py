"""The steps of a backfill's state machine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambdas.dispatch.backfill import Backfill, checked_prefix
from lambdas.dispatch.commands import CommandError
from lambdas.dispatch.wiring import parts
from lambdas.runtime.observe import logger, tracer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """The step that the event names, of the backfill that it names.

    plan      `{"prefix"}` -> `{"backfill", "portions": key, "count", "passed_over"}`
    start     `{"number"}` -> `{"runs"}`
    look      `{"number", "runs"}` -> `{"state": "running" | "failed" | "done"}`
    conclude  `{"count"}` -> `{"backfill", "portions"}`, or an error that names what is missing
    """
    logger.append_keys(backfill=event["backfill"], step=event["step"])
    dispatcher, portion = parts().dispatcher, parts().settings.portion_objects
    backfill = Backfill(dispatcher.manifests.store, dispatcher, event["backfill"], portion)
    match event["step"]:
        case "plan":
            prefix = checked_prefix(event.get("prefix"))
            return backfill.plan(parts().versions, prefix, datetime.now(UTC))
        case "start":
            return {"runs": backfill.start(event["number"])}
        case "look":
            return {"state": backfill.look(event["number"], event["runs"])}
        case "conclude":
            return backfill.conclude(event["count"])
        case step:
            raise CommandError(f"step: {step!r} is none of plan, start, look and conclude")
