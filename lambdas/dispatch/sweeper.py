"""At an interval: raw objects that no successful run has -> runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambdas.contracts.metrics import RUNS_UNREADABLE, SWEEPS_UNFINISHED
from lambdas.dispatch import commands
from lambdas.dispatch.wiring import has_time, parts, report
from lambdas.runtime.observe import emit, logger, tracer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """`{"lookback_days"?, "prefix"?, "after"?, "dry_run"?}` -> counts and `complete`."""
    return sweep(event, context)


def sweep(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    window = commands.window(event, parts().settings, datetime.now(UTC))
    done = commands.sweep(event, parts().dispatcher, parts().versions, window, has_time(context))
    report(done.decisions)
    for digest in done.unreadable:
        logger.error("the candidates of a run are gone", extra={"run": digest})
    emit({RUNS_UNREADABLE: len(done.unreadable), SWEEPS_UNFINISHED: 0 if done.complete else 1})
    logger.info("swept", extra=done.answer())
    return done.answer()
