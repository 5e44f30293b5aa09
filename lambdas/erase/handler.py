"""Erases one customer, slice by slice, at an operator's word; `local/erase.py` tells the order.

What the person's addresses and names are comes with each event and is never logged.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.api.clock import timestamp, utc_now
from lambdas.erase.bucket import Bucket
from lambdas.erase.ledger import Ledger
from lambdas.erase.person import Person
from lambdas.erase.step import Stage, Walk, beside_lake, in_lake
from lambdas.erase.table import Table, go_through
from lambdas.lake.objects import LakeBucket
from lambdas.runtime.observe import logger, tracer
from lambdas.runtime.settings import required

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

MARGIN_MS = 120_000
"""Left for one page: two hundred objects, of which few are large."""
Event = dict[str, Any]


class EraseRequestError(ValueError):
    """The event asks for nothing that can be done; the sentence says why."""


@dataclass(frozen=True)
class EraseSettings:
    lake: str
    failures: str
    shop: str
    control: str

    @classmethod
    def from_environment(cls) -> EraseSettings:
        return cls(
            lake=required("LAKE_BUCKET"),
            failures=required("FAILURES_BUCKET"),
            shop=required("TABLE_NAME"),
            control=required("CONTROL_TABLE"),
        )


class Eraser:
    """The actions on one person; those that go slice by slice answer with `next`."""

    def __init__(self, event: Event, has_time: Callable[[], bool]) -> None:
        self.customer_id = _customer(event)
        self.person = Person.from_dict(self.customer_id, event.get("person", {}))
        self.after = event.get("after")
        self.event = event
        self.has_time = has_time
        settings, s3, dynamodb = parts()
        self.buckets = {
            "lake": Bucket(s3, settings.lake),
            "failures": Bucket(s3, settings.failures),
        }
        self.tables = {
            "shop": Table(dynamodb, settings.shop),
            "control": Table(dynamodb, settings.control),
        }
        self.ledger = Ledger(LakeBucket(s3, settings.lake))

    def learn(self) -> Event:
        """-> `{"person", "rev", "next"}`: all that raw and the table know. Never logged."""
        walk = self._walk("lake")
        if self.after is None:
            item = self.tables["shop"].customer(self.customer_id)
            walk.person = walk.person.learned(item)
        person, rev, mark = walk.learn(self.after)
        return {"person": person.to_dict(), "rev": rev, "next": mark}

    def mark(self) -> Event:
        """`{"rev"}` -> `{"marked"}`: the erased version, above `rev`; false if it is there."""
        marked = self.tables["shop"].mark(self.customer_id, int(self.event.get("rev", 0)))
        self.ledger.begin(self.customer_id, timestamp(utc_now()))
        return {"marked": marked}

    def shown(self) -> Event:
        """-> `{"shown"}`: whether state or gold still say who the customer is."""
        return {"shown": self._walk("lake").shown()}

    def plan(self) -> Event:
        """`{"place": "lake" | "failures"}` -> what would become of what, by zone."""
        return self._walk(self._place(self.buckets)).plan(self.after).answer()

    def erase(self) -> Event:
        """`{"place", "stage"?}` -> what became of what; `place` may be the shop's table, too."""
        place = self._place({**self.buckets, "shop": None})
        if place == "shop":
            return self._go_through("shop", erase=True)
        stage = Stage.DERIVED if place == "failures" else _stage(self.event)
        return self._walk(place).erase(stage, self.ledger, self.after).answer()

    def search(self) -> Event:
        """`{"place", "prefix"?}` -> how much was searched, and the `places` of hits."""
        place = self._place({**self.buckets, **self.tables})
        if place in self.tables:
            return self._go_through(place, erase=False)
        return self._walk(place).search(self.event.get("prefix", ""), self.after).answer()

    def _walk(self, bucket: str) -> Walk:
        judge = in_lake if bucket == "lake" else beside_lake
        return Walk(self.buckets[bucket], self.person, self.has_time, judge)

    def _go_through(self, table: str, *, erase: bool) -> Event:
        done = go_through(self.tables[table], self.person, self.after, self.has_time, erase=erase)
        return asdict(done)

    def _place(self, known: dict[str, Any]) -> str:
        place = self.event.get("place")
        if place not in known:
            raise EraseRequestError(f"place must be one of {sorted(known)}")
        return str(place)


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: Event, context: LambdaContext) -> Event:
    """`{"action", "customer", "person"?, "after"?, …}`: the methods of `Eraser` are the actions."""
    eraser = Eraser(event, lambda: context.get_remaining_time_in_millis() > MARGIN_MS)
    actions = {
        act.__name__: act
        for act in (
            eraser.learn,
            eraser.mark,
            eraser.shown,
            eraser.plan,
            eraser.erase,
            eraser.search,
        )
    }
    action = actions.get(str(event.get("action")))
    if action is None:
        raise EraseRequestError(f"action must be one of {sorted(actions)}")
    logger.append_keys(action=event["action"], customer=eraser.customer_id)
    answer = action()
    logger.info("done", extra={"hits": answer.get("hits"), "more": bool(answer.get("next"))})
    return answer


@cache
def parts() -> tuple[EraseSettings, Any, Any]:
    return EraseSettings.from_environment(), boto3.client("s3"), boto3.client("dynamodb")


def _customer(event: Event) -> int:
    customer = event.get("customer")
    if type(customer) is not int or customer < 1:
        raise EraseRequestError(f"customer: {customer!r} must be a whole number from 1")
    return customer


def _stage(event: Event) -> Stage:
    try:
        return Stage(str(event.get("stage")))
    except ValueError as error:
        stages = [each.value for each in Stage]
        raise EraseRequestError(f"stage must be one of {stages}") from error
