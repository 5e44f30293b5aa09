"""What operators ask for: redrive failed runs, replay raw/, sweep now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdas.dispatch import commands
from lambdas.dispatch.sweeper import sweep
from lambdas.dispatch.wiring import has_time, parts, report
from lambdas.runtime.observe import logger, tracer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """`{"action": "redrive" | "again" | "replay" | "sweep", …, "dry_run"?}` -> counts.

    redrive  `{"run"?}`: the run named or all failed ones, or with `{"reason"}` those that failed
             so; `complete` is false if time ran out
    again    `{"again": id, "objects": [{"key", "version_id", "size"}]}`: promotes them once more
    replay   `{"replay": id, "after"?}`: call again with `after` = `next` until it is null
    sweep    `{"prefix"?, "lookback_days"?, "after"?}`: as the schedule does
    """
    actions = {"redrive": _redrive, "again": _again, "replay": _replay, "sweep": sweep}
    action = actions.get(str(event.get("action")))
    if action is None:
        raise commands.CommandError(f"action must be one of {sorted(actions)}")
    logger.append_keys(action=event["action"])
    return action(event, context)


def _redrive(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    done = commands.redrive(event, parts().dispatcher, has_time(context))
    logger.info("redriven", extra=done.answer())
    return done.answer()


def _again(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    done = commands.again(event, parts().dispatcher)
    report(done.decisions)
    logger.info("again", extra=done.answer())
    return done.answer()


def _replay(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    done = commands.replay(event, parts().dispatcher, parts().versions, has_time(context))
    report(done.decisions)
    logger.info("replayed", extra=done.answer())
    return done.answer()
