"""The environment of the three functions that start runs."""

from __future__ import annotations

import os
from dataclasses import dataclass

from lambdas.dispatch.runs import MAX_OBJECTS
from lambdas.runtime.settings import required

MOST_RUNNING = 1000
CLAIM_DAYS = 90
"""How long claims last: as long as Step Functions keeps an execution's name."""


class SettingError(ValueError):
    """A variable has a value that dispatch cannot work with."""


@dataclass(frozen=True)
class DispatchSettings:
    """Where runs are kept and how far dispatch goes by itself.

    `max_attempts` bounds what starts without an operator; from `max_running` runs on, new ones
    wait a while; the sweeper looks at raw objects that
    are older than `grace_minutes` and younger than `lookback_days`, and at each tick at
    `full_pages` thousand of all there are; a backfill's portion has up to `portion_objects`.
    `backfill_machine_arn` and `changes_queue_arn` are empty where nobody has to know of them.
    """

    bucket: str
    control_table: str
    state_machine_arn: str
    max_attempts: int = 5
    max_running: int = 10
    lookback_days: int = 3
    grace_minutes: int = 15
    full_pages: int = 10
    portion_objects: int = MAX_OBJECTS
    backfill_machine_arn: str = ""
    changes_queue_arn: str = ""

    def __post_init__(self) -> None:
        if self.max_attempts < 1:
            raise SettingError("MAX_ATTEMPTS must be at least 1")
        if not 1 <= self.max_running <= MOST_RUNNING:
            raise SettingError(f"MAX_RUNNING must be 1 to {MOST_RUNNING}")
        if self.full_pages < 1:
            raise SettingError("FULL_PAGES must be at least 1")
        if not 1 <= self.portion_objects <= MAX_OBJECTS:
            raise SettingError(f"PORTION_OBJECTS must be 1 to {MAX_OBJECTS}")
        if not 1 <= self.lookback_days < CLAIM_DAYS:
            raise SettingError(
                f"LOOKBACK_DAYS must be 1 to {CLAIM_DAYS - 1}: beyond, an object's claim is gone "
                "and it would be promoted once more"
            )

    @classmethod
    def from_environment(cls) -> DispatchSettings:
        return cls(
            bucket=required("LAKE_BUCKET"),
            control_table=required("CONTROL_TABLE"),
            state_machine_arn=required("STATE_MACHINE_ARN"),
            max_attempts=_whole("MAX_ATTEMPTS", cls.max_attempts),
            max_running=_whole("MAX_RUNNING", cls.max_running),
            lookback_days=_whole("LOOKBACK_DAYS", cls.lookback_days),
            grace_minutes=_whole("GRACE_MINUTES", cls.grace_minutes),
            full_pages=_whole("FULL_PAGES", cls.full_pages),
            portion_objects=_whole("PORTION_OBJECTS", cls.portion_objects),
            backfill_machine_arn=os.environ.get("BACKFILL_MACHINE_ARN", ""),
            changes_queue_arn=os.environ.get("CHANGES_QUEUE_ARN", ""),
        )


def _whole(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdecimal():
        raise SettingError(f"{name}: {value!r} is no whole number")
    return int(value)
