"""Which of a game day's alarms would have been raised, by the metrics of its own cloud."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from local.alarms import deployed, gathered, raised

if TYPE_CHECKING:
    from local.access import Access
    from local.alarms import Alarm

MINUTE = 60


def watched(access: Access) -> dict[str, Alarm]:
    """The deployed alarms by their names in the stack, with what they were deployed with.

    But silence raises none: the watch has spoken for minutes only, and the alarm that tells of its
    silence is raised after any first deployment.
    """
    prefix = f"{access.settings.name}-"
    found = (replace(each, missing="notBreaching") for each in deployed(access))
    return {each.name.removeprefix(prefix): each for each in found}


def sharper(alarm: Alarm, threshold: float) -> Alarm:
    """Raised by one minute at or over the threshold: what takes hours, as a drill of minutes."""
    return replace(alarm, threshold=threshold, period=MINUTE, periods=1, enough=1)


def would_raise(access: Access, alarms: dict[str, Alarm], since: float) -> set[str]:
    """Names of those that are raised at some time from then until now."""
    now = time.time()
    points = gathered(access, list(alarms.values()), since, now)
    return {name for name, each in alarms.items() if raised(each, points[each.name], since, now)}


def highest(access: Access, alarms: dict[str, Alarm], since: float) -> dict[str, float]:
    """The highest value of what each watches, in its periods from then on; 0 of nothing."""
    points = gathered(access, list(alarms.values()), since, time.time())
    return {name: max(points[each.name].values(), default=0.0) for name, each in alarms.items()}
