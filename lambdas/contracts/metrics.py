"""Every metric of our own, once: functions emit them, alarms and dashboard read them.

Standard library only. A metric's one dimension is `service`, the step that it belongs to, whichever
function emits it, so that none grows with the data. Counts of nothing are not emitted. Money is in
the shop's currency, exact to the cent up to 90 trillion (a double's 53 bits); a moment is Unix time
in seconds, exact to the millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass

NAMESPACE_VARIABLE = "POWERTOOLS_METRICS_NAMESPACE"
"""How a function is told its namespace."""
FAMILY = "SamnsMercado"
COUNT = "Count"


def namespace(deployment: str) -> str:
    """Of one deployment, since several stages may share an account."""
    return f"{FAMILY}/{deployment}"


@dataclass(frozen=True)
class Measure:
    """`unit` as CloudWatch spells it; `says` is what one value counts."""

    name: str
    service: str
    unit: str
    says: str


ORDERS = Measure("Orders", "api", COUNT, "a checkout that the API completed")
REVENUE = Measure("Revenue", "api", "None", "what an order's lines cost together")
UNITS = Measure("Units", "api", COUNT, "pieces in an order")
CARTS_FILLED = Measure("CartsFilled", "api", COUNT, "an empty cart that got its first lines")
CARTS_EMPTIED = Measure("CartsEmptied", "api", COUNT, "a cart that was emptied without a checkout")
"""Carts left in a time: filled - emptied - ordered, since a checkout empties one cart."""
API_COLD_STARTS = Measure(
    "ColdStarts", "api", COUNT, "a request that waited for a new instance of the API's function"
)
"""Of the API alone: nobody waits for the start of any other function."""
CHECKED_OUT_AT = Measure("CheckedOutAt", "api", "Seconds", "when an order was sold: a moment")

ITEMS_IMPORTED = Measure(
    "ItemsImported", "imports", COUNT, "rows of vendors' files that made or changed an item"
)
ROWS_REJECTED = Measure(
    "RowsRejected", "imports", COUNT, "rows of vendors' files that were not taken in"
)
IMPORTS_FAILED = Measure("ImportsFailed", "imports", COUNT, "vendors' files that are unreadable")

RECORDS_CAPTURED = Measure("RecordsCaptured", "capture", COUNT, "stream records put into raw")
RECORDS_RESYNCED = Measure("RecordsResynced", "resync", COUNT, "table items put into raw")

ROWS_PULLED = Measure("RowsPulled", "pull", COUNT, "rows of databases and APIs put into raw")

RUNS_STARTED = Measure("RunsStarted", "dispatch", COUNT, "runs started for announced objects")
RUNS_EXHAUSTED = Measure(
    "RunsExhausted", "dispatch", COUNT, "runs whose attempts are used up: only a redrive helps"
)
MESSAGES_REJECTED = Measure(
    "MessagesRejected", "dispatch", COUNT, "queued messages that announce no raw object"
)
RUNS_UNREADABLE = Measure(
    "RunsUnreadable", "dispatch", COUNT, "stalled runs whose list of objects is gone"
)
SWEEPS_UNFINISHED = Measure("SweepsUnfinished", "dispatch", COUNT, "sweeps that ran out of time")

RECORDS_IN = Measure("RecordsIn", "record", COUNT, "records that a run read from raw")
RECORDS_ACCEPTED = Measure("RecordsAccepted", "record", COUNT, "records that met their contract")
RECORDS_QUARANTINED = Measure("RecordsQuarantined", "record", COUNT, "records set aside")
RECORDS_DUPLICATE = Measure("RecordsDuplicate", "record", COUNT, "records that came twice")
RECORDS_IGNORED = Measure("RecordsIgnored", "record", COUNT, "records that carry no state")
ROWS_PUBLISHED = Measure("RowsPublished", "record", COUNT, "rows that a run changed in gold")
RUNS_RECORDED = Measure("RunsRecorded", "record", COUNT, "runs that succeeded")
RUN_DURATION = Measure("RunDuration", "record", "Seconds", "from a run's start to its record")
NEWEST_SALE_AT = Measure(
    "NewestSaleAt", "record", "Seconds", "when the newest sale that a run published was sold"
)
ROWS_LOADED = Measure("RowsLoaded", "load", COUNT, "rows staged in committed warehouse loads")

RUNS_UNBALANCED = Measure(
    "RunsUnbalanced", "failed", COUNT, "failed runs whose counts did not agree"
)

GOLD_LAG = Measure(
    "GoldLag", "watch", "Seconds", "how long the oldest checkout that gold lacks has waited"
)
QUARANTINED_PERCENT = Measure(
    "QuarantinedPercent", "watch", "Percent", "of the last hour's records, those set aside"
)
