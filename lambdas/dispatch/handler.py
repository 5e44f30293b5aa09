"""Announced raw objects -> runs of the promotion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdas.contracts.metrics import MESSAGES_REJECTED
from lambdas.dispatch.backpressure import Room
from lambdas.dispatch.messages import read_messages
from lambdas.dispatch.versions import with_versions
from lambdas.dispatch.wiring import parts, report
from lambdas.runtime.observe import emit, logger, tracer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """SQS records -> `{"batchItemFailures"}`: messages that announce nothing; the rest is done.

    Raises if a run could not be started: then the whole batch is delivered again.
    """
    settings, dispatcher = parts().settings, parts().dispatcher
    announced = read_messages(event["Records"], settings.bucket, settings.changes_queue_arn)
    room = Room(settings.max_running, dispatcher.executions, parts().backfills)
    objects = with_versions(announced.objects, parts().versions)
    report(dispatcher.dispatch(objects, room.wait))
    for message, reason in announced.rejected.items():
        logger.error("message rejected", extra={"message_id": message, "reason": reason})
    emit({MESSAGES_REJECTED: len(announced.rejected)})
    return {"batchItemFailures": [{"itemIdentifier": each} for each in announced.rejected]}
