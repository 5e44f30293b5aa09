"""What the test of sources side by side asks of its cloud: journeys of checkouts, sums, members."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lambdas.dispatch.runs import is_captured
from lambdas.lake.layout import QUARANTINE, RAW
from local.queries import ask
from local.reconcile import Totals
from tests.capturing import lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from local.generate.truth import ObjectTruth, Truth
    from local.pipeline import Pipeline
    from local.traffic import Acknowledged, Checkout

MADE_BEFORE = "2017"
"""All sales that are made up are older, and all of the API's younger."""
FOREIGN = 2**60
"""From here on are the ids of other sources; below, this marketplace's own."""
KNOWN_BY = {
    "customer": ("customer_id", "email"),
    "inventory": ("item_id", "item_name"),
    "vendor": ("vendor_id", "vendor_name"),
}
"""The key of a member, and the column that says who or what it is."""


@dataclass
class Side:
    """What was done on the cloud. Times are Unix seconds; `sent` is what lies in raw, by key.

    `looks` are at gold during the backfill: when, and which of the API's transactions it had.
    """

    pipeline: Pipeline
    acknowledged: Acknowledged
    truth: Truth
    at_rest: list[Checkout] = field(default_factory=list)
    meanwhile: list[Checkout] = field(default_factory=list)
    sent: dict[str, ObjectTruth] = field(default_factory=dict)
    looks: list[tuple[float, set[str]]] = field(default_factory=list)
    backfilled: dict[str, Any] = field(default_factory=dict)
    ended: float = 0.0

    def put(self, key: str, body: bytes, truth: ObjectTruth) -> None:
        self.pipeline.s3.put_object(Bucket=self.pipeline.bucket, Key=key, Body=body)
        self.sent[key] = truth

    def arrivals(self) -> list[int]:
        """How many checkouts of those made meanwhile were new in gold, look by look.

        Looks that came back before the backfill had ended.
        """
        waiting, found = {each.transaction_id for each in self.meanwhile}, []
        for moment, there in self.looks:
            if moment < self.ended:
                found.append(len(waiting & there))
                waiting -= there
        return found


@dataclass(frozen=True)
class Journey:
    """Of a checkout: `lag` is from its acknowledgement to the end of the run that has it.

    `behind` are other runs of the API's that started in the meantime, before its own did;
    `portions` are those of the backfill that began in the meantime and had ended before its own.
    `passed` are runs of other sources that began and ended while it was in raw, no run of the API's
    worked and its own had not started: it waited for what is none of its business.
    """

    lag: float
    behind: int
    portions: int
    passed: int


def journeys(side: Side, checkouts: list[Checkout]) -> list[Journey]:
    own, records = _run_by_transaction(side.pipeline), side.pipeline.records()
    return [_journey(each, *own[each.transaction_id], records, side) for each in checkouts]


def _journey(
    checkout: Checkout,
    own: dict[str, Any],
    in_raw: float,
    records: list[dict[str, Any]],
    side: Side,
) -> Journey:
    since = checkout.answered
    later = [each for each in records if since < _moment(each["started"])]
    before = [each["run"] for each in later if each["started"] < own["started"]]
    done = {each["run"] for each in later if each["finished"] < own["finished"]}
    earlier = [
        _moment(each["finished"])
        for each in records
        if is_captured(each["run"]) and each["finished"] < own["started"]
    ]
    idle = max([in_raw, *earlier])
    passed = [
        each["run"]
        for each in records
        if idle < _moment(each["started"]) and each["finished"] < own["started"]
    ]
    return Journey(
        lag=_moment(own["finished"]) - since,
        behind=sum(map(is_captured, before)),
        portions=len(done & set(side.backfilled["runs"])),
        passed=len(passed),
    )


def _run_by_transaction(pipeline: Pipeline) -> dict[str, tuple[dict[str, Any], float]]:
    """The record of the run that was the first to promote each, and when it came to raw."""
    by_key = {each["key"]: record for record in pipeline.records() for each in record["inputs"]}
    found: dict[str, tuple[dict[str, Any], float]] = {}
    for key in pipeline.keys(f"{RAW}transaction/"):
        put = pipeline.s3.head_object(Bucket=pipeline.bucket, Key=key)["LastModified"]
        way = by_key[key], put.timestamp()
        for each in lines(pipeline.read(key)):
            name = each["dynamodb"]["NewImage"]["transaction_id"]["S"]
            first = found.setdefault(name, way)
            found[name] = min(first, way, key=lambda way: way[0]["finished"])
    return found


def _moment(iso: str) -> float:
    return datetime.fromisoformat(iso).timestamp()


def spread(found: list[Journey]) -> str:
    """In words, for the table of facts."""
    lags = [each.lag for each in found]
    behind, portions, passed = (
        dict(sorted(Counter(getattr(each, name) for each in found).items()))
        for name in ("behind", "portions", "passed")
    )
    return (
        f"{len(found)} checkouts, p50 {statistics.median(lags):.1f} s, max {max(lags):.1f} s; "
        f"behind {behind} runs, overtaken by {portions} portions, passed by {passed} for nothing"
    )


def sold(pipeline: Pipeline, engine: str) -> Counter[str]:
    """Lines of each of the API's transactions."""
    sql = f"SELECT transaction_id FROM sales WHERE date_id >= {MADE_BEFORE}0000"  # noqa: S608  # a number
    return Counter(str(name) for (name,) in ask(pipeline.access, engine, sql).rows)


def total(sales: Iterable[tuple[int, int, str]]) -> Totals:
    """Of months."""
    rows = list(sales)
    return Totals(
        sum(count for count, _, _ in rows),
        sum(units for _, units, _ in rows),
        sum((Decimal(money) for _, _, money in rows), Decimal(0)),
    )


def members(pipeline: Pipeline, engine: str, table: str) -> tuple[tuple[int, int], int]:
    """How many members of those that were made up there are and are known, and the API's known.

    Mails that are made up speak of this marketplace's own ids: who bought by one may be the API's
    as well, and only the API says who that is.
    """
    key, known = KNOWN_BY[table]
    rows = ask(
        pipeline.access,
        engine,
        f"SELECT {key}, {known} FROM {table}",  # noqa: S608  # names of ours
    ).rows
    bought = ask(
        pipeline.access,
        engine,
        f"SELECT DISTINCT {key} FROM sales WHERE date_id < {MADE_BEFORE}0000",  # noqa: S608
    ).rows
    by_mail = {int(member or 0) for (member,) in bought}
    made = [(int(member or 0), name) for member, name in rows]
    foreign = [name for member, name in made if member >= FOREIGN]
    mailed = [member for member, _ in made if member < FOREIGN and member in by_mail]
    own = [member for member, name in made if member < FOREIGN and name is not None]
    described = sum(name is not None for name in foreign)
    return (len(foreign) + len(mailed), described), len(own)


def quarantined(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """Raw object and reason of every record that is set aside."""
    for key in pipeline.keys(QUARANTINE):
        for entry in lines(pipeline.read(key)):
            yield entry["source"], entry["code"]
