"""What the schedule and operators may ask for; events are checked before anything runs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from lambdas.dispatch.again import Again
from lambdas.dispatch.ports import Mark
from lambdas.dispatch.redrive import Redrive
from lambdas.dispatch.replay import Replay
from lambdas.dispatch.runs import checked_id
from lambdas.dispatch.settings import CLAIM_DAYS
from lambdas.dispatch.sweep import Sweep, Window
from lambdas.lake.documents import RawObject
from lambdas.lake.layout import RAW

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from lambdas.dispatch.dispatcher import Dispatcher
    from lambdas.dispatch.ports import RawVersions
    from lambdas.dispatch.settings import DispatchSettings


class CommandError(ValueError):
    """The event asks for nothing that can be done; the sentence says why."""


def sweep(
    event: Mapping[str, Any],
    dispatcher: Dispatcher,
    versions: RawVersions,
    window: Window,
    has_time: Callable[[], bool],
) -> Sweep:
    return Sweep(dispatcher, _flag(event, "dry_run")).over(versions, window, has_time)


def window(event: Mapping[str, Any], settings: DispatchSettings, now: datetime) -> Window:
    """`{"lookback_days"?, "prefix"?, "after"?}`; a mark is a place under a prefix."""
    days = event.get("lookback_days", settings.lookback_days)
    if type(days) is not int or not 1 <= days < CLAIM_DAYS:
        raise CommandError(f"lookback_days: {days!r} must be a number from 1 to {CLAIM_DAYS - 1}")
    prefix = event.get("prefix")
    if prefix is not None and not str(prefix).startswith(RAW):
        raise CommandError(f"prefix: {prefix!r} is not under {RAW}")
    if prefix is None and event.get("after"):
        raise CommandError("after: only the listing of a prefix can go on")
    return Window(
        now=now,
        lookback=timedelta(days=days),
        grace=timedelta(minutes=settings.grace_minutes),
        prefix=prefix,
        after=_after(event),
    )


def redrive(
    event: Mapping[str, Any], dispatcher: Dispatcher, has_time: Callable[[], bool]
) -> Redrive:
    """`{"run"?, "reason"?, "dry_run"?}`: the run named, or all that failed (for this reason)."""
    reason = event.get("reason")
    if reason is not None and (not isinstance(reason, str) or event.get("run")):
        raise CommandError(f"reason: {reason!r} must be text, and without a run")
    command = Redrive(dispatcher, _flag(event, "dry_run"), reason)
    return command.one(event["run"]) if event.get("run") else command.all(has_time)


def replay(
    event: Mapping[str, Any],
    dispatcher: Dispatcher,
    versions: RawVersions,
    has_time: Callable[[], bool],
) -> Replay:
    """`{"replay", "after"?, "dry_run"?}`."""
    command = Replay(dispatcher, _id(event, "replay"), _flag(event, "dry_run"))
    return command.over(versions, _after(event), has_time)


def again(event: Mapping[str, Any], dispatcher: Dispatcher) -> Again:
    """`{"again", "objects": [{"key", "version_id", "size"}], "dry_run"?}`: at most a run's."""
    given = event.get("objects")
    if not isinstance(given, list) or not 1 <= len(given) <= dispatcher.max_objects:
        raise CommandError(f"objects: a list of 1 to {dispatcher.max_objects} is needed")
    try:
        objects = sorted(RawObject(**each) for each in given)
    except TypeError as error:
        raise CommandError(f"objects: {error}") from error
    for each in objects:
        if not each.key.startswith(RAW):
            raise CommandError(f"objects: {each.key!r} is not under {RAW}")
    return Again(dispatcher, _id(event, "again"), _flag(event, "dry_run")).over(objects)


def _id(event: Mapping[str, Any], name: str) -> str:
    if not isinstance(event.get(name), str):
        raise CommandError(f"{name}: an id is needed")
    return checked_id(event[name])


def _flag(event: Mapping[str, Any], name: str) -> bool:
    """A boolean; the text "false" would count as true."""
    value = event.get(name, False)
    if not isinstance(value, bool):
        raise CommandError(f"{name}: {value!r} must be true or false")
    return value


def _after(event: Mapping[str, Any]) -> Mark | None:
    """The `next` of an earlier answer."""
    return Mark(**event["after"]) if event.get("after") else None
