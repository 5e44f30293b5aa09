"""What an erasure does with an object version that holds the person. Pure."""

from __future__ import annotations

from enum import StrEnum

from lambdas.lake.layout import (
    ATHENA,
    CLEANED,
    GOLD,
    QUARANTINE,
    RAW,
    REPLAY,
    RUNS,
    STATE,
    WORK,
    captured_entity,
)


class Fate(StrEnum):
    """By prefix; docs/operations.md tells why."""

    REPLACE = "replaced"
    """A new version without the person takes its place, and it is deleted."""
    DELETE = "deleted"
    """It can be made again from raw, or quotes what is there."""
    PUBLISH = "published"
    """The erased customer's own version replaces it, as any other change does."""
    LEAVE = "left"
    """It should hold nobody, or is a shop's own file: people have to look at it."""


DERIVED = (CLEANED, QUARANTINE, WORK, GOLD, ATHENA)


def fate(key: str, *, current: bool) -> Fate:
    """Of an object of the lake."""
    if key.startswith(RAW):
        return Fate.LEAVE if is_foreign(key) else Fate.REPLACE
    if key.startswith((GOLD, STATE)) and current:
        return Fate.PUBLISH
    is_failure = key.startswith(RUNS) and key.endswith("/failure.json")
    return Fate.DELETE if is_failure or key.startswith(DERIVED) else Fate.LEAVE


def is_foreign(key: str) -> bool:
    """Whether a raw object is not of the API's records: its lines need not be records at all."""
    return key.startswith(RAW) and captured_entity(key) is None


def goes_anyway(key: str) -> bool:
    """Names in results of queries carry no key, and a replay is whole or worth nothing."""
    is_report = key.startswith(f"{RUNS}replay-") and key.endswith("/report.json")
    return key.startswith((ATHENA, REPLAY)) or is_report


def zone(key: str) -> str:
    """`raw/`, `work/delta/`: the prefix under which an object is counted."""
    depth = 2 if key.startswith(WORK) else 1
    parts = key.split("/", depth)
    return "/".join(parts[:depth]) + "/" if len(parts) > depth else ""
