"""Announced raw objects -> runs of the promotion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdas.contracts.metrics import MESSAGES_REJECTED
from lambdas.dispatch.backpressure import PATIENCE_SECONDS, Room, wait_for
from lambdas.dispatch.messages import read_messages
from lambdas.dispatch.runs import by_origin
from lambdas.dispatch.versions import with_versions
from lambdas.dispatch.wiring import parts, report
from lambdas.runtime.observe import emit, logger, tracer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from lambdas.dispatch.dispatcher import Decision
    from lambdas.lake.documents import RawObject


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """SQS records -> `{"batchItemFailures"}`: messages that announce nothing; the rest is done.

    Raises if a run could not be started: then the whole batch is delivered again.
    """
    announced = read_messages(event["Records"], parts().settings.bucket)
    report(_dispatch(announced.objects))
    for message, reason in announced.rejected.items():
        logger.error("message rejected", extra={"message_id": message, "reason": reason})
    emit({MESSAGES_REJECTED: len(announced.rejected)})
    return {"batchItemFailures": [{"itemIdentifier": each} for each in announced.rejected]}


def _dispatch(objects: list[RawObject]) -> list[Decision]:
    """What was captured first, so that it does not wait for the room of files."""
    dispatcher = parts().dispatcher
    room = Room(parts().settings.max_running, dispatcher.executions, parts().backfills)
    captured, sent = by_origin(with_versions(objects, parts().versions))
    decisions: list[Decision] = []
    patience = float(PATIENCE_SECONDS)
    for origin, enough in ((captured, room.for_captured), (sent, room.for_sent)):
        if origin:
            patience -= wait_for(enough, patience)
            decisions += dispatcher.dispatch(origin)
    return decisions
