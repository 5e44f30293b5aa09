"""At an interval: raw objects that no successful run has -> runs.

First those of the last days, all of them; then a part of all there are.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambdas.contracts.metrics import RUNS_UNREADABLE, SWEEPS_UNFINISHED
from lambdas.dispatch import commands
from lambdas.dispatch.sweep import Sweep
from lambdas.dispatch.wiring import has_time, parts, report
from lambdas.runtime.observe import emit, logger, tracer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The schedule's event -> counts, of the full pass under `full`."""
    return {**sweep(event, context), "full": go_on(context)}


def go_on(context: LambdaContext) -> dict[str, Any]:
    """One tick of the full pass, if the sweep before it has left time for that."""
    if not has_time(context)():
        return {}
    now, swept = datetime.now(UTC), Sweep(parts().dispatcher)
    done = parts().full_pass.go_on(swept, parts().versions, now, has_time(context)).answer()
    tell(swept)
    logger.info("went on with the full pass", extra=done)
    return done


def sweep(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """`{"lookback_days"?, "prefix"?, "after"?, "dry_run"?}` -> counts and `complete`."""
    window = commands.window(event, parts().settings, datetime.now(UTC))
    done = commands.sweep(event, parts().dispatcher, parts().versions, window, has_time(context))
    tell(done)
    emit({SWEEPS_UNFINISHED: 0 if done.complete else 1})
    logger.info("swept", extra=done.answer())
    return done.answer()


def tell(done: Sweep) -> None:
    """Logs and counts what became of runs."""
    report(done.decisions)
    for digest in done.unreadable:
        logger.error("the candidates of a run are gone", extra={"run": digest})
    emit({RUNS_UNREADABLE: len(done.unreadable)})
