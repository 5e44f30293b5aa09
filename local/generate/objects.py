"""The objects of all sources: each as bytes at its path, with the truth about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from local.generate import mails
from local.generate.odd import odd_objects
from local.generate.shops import COLUMNAR, DAILY, HISTORY_CUSTOMERS, ITEMS, SALES, VENDORS
from local.generate.spelling import Sent
from local.generate.truth import ObjectTruth

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from local.generate.shops import Channel, Row
    from local.generate.spelling import Style
    from local.generate.world import Wish, World

HISTORY, INCREMENT = "history", "increment"
"""The halves, and their folders: what is in either goes under `raw/`."""


@dataclass(frozen=True)
class Made:
    """`path` is below the folder of all; the object is written."""

    path: str
    truth: ObjectTruth


@dataclass(frozen=True)
class Maker:
    """Writes the objects of a world into a folder."""

    wish: Wish
    world: World
    folder: Path

    @property
    def steps(self) -> int:
        """How many objects there are, about."""
        return len(list(self._months())) + (len(DAILY) + 1) * self.wish.days

    def objects(self) -> Iterator[Made]:
        for channel in (VENDORS, ITEMS, HISTORY_CUSTOMERS):
            path = f"{HISTORY}/{channel.source}/all.parquet"
            yield self._written(path, COLUMNAR, channel, self.world.rows(channel.query))
        for begins, ends in self._months():
            yield self._month(begins, ends)
        for number, day in enumerate(self._days()):
            for channel in DAILY:
                if rows := list(self.world.rows(channel.query, day=day, **channel.arguments)):
                    style = channel.styles[number % len(channel.styles)]
                    path = f"{INCREMENT}/{channel.source}/{day}.{style.suffix}"
                    yield self._written(path, style, channel, rows)
            yield from self._mails(day)
        for name, body, truth in odd_objects(self.wish.seed):
            yield self._put(f"{INCREMENT}/{SALES.source}/odd/{name}", body, truth)

    def _months(self) -> Iterator[tuple[date, date]]:
        begins = self.wish.since
        while begins < self.wish.cut:
            ends = min((begins.replace(day=1) + timedelta(days=32)).replace(day=1), self.wish.cut)
            yield begins, ends
            begins = ends

    def _days(self) -> Iterator[date]:
        for number in range(self.wish.days):
            yield self.wish.cut + timedelta(days=number)

    def _month(self, begins: date, ends: date) -> Made:
        """Millions of rows: DuckDB writes them itself."""
        path = f"{HISTORY}/{SALES.source}/{begins:%Y}/{begins:%Y-%m}.parquet"
        place = self._place(path)
        self.world.run("history_sales", begins=begins, ends=ends, path=place)
        rows = self.world.rows("history_counts", begins=begins, ends=ends)
        counted = {row["what"]: row["rows"] for row in rows}
        twice, once = counted.pop("twice", 0), counted.pop("sent", 0)
        return Made(path, ObjectTruth(once + twice, twice, quarantined=counted))

    def _mails(self, day: date) -> Iterator[Made]:
        """One object each; one that is sent twice is two objects that tell the same."""
        folder = f"{INCREMENT}/{mails.SOURCE}/{day}"
        for row in self.world.rows("orders_of_day", day=day, channel="mail"):
            spoiled = row["fate"] == "spoiled"
            body = mails.confirmation(row, spoiled=spoiled)
            truth = ObjectTruth(quarantined={mails.MISSING: 1}) if spoiled else ObjectTruth(1)
            for copy in range(1 + (row["fate"] == "twice")):
                yield self._put(f"{folder}/{row['order_no']}-{copy}.eml", body, truth)
        yield self._put(f"{folder}/news.eml", mails.newsletter(day), ObjectTruth(ignored=1))

    def _written(self, path: str, style: Style, channel: Channel, rows: Iterable[Row]) -> Made:
        """Few records are cut, and none of the first: a file is told by these."""
        truth, sent, refused, cuts = ObjectTruth(), list[Sent](), Counter[str](), 0
        for row in rows:
            record = channel.record(row)
            match row["fate"]:
                case "spoiled":
                    ways = style.written.spoils if 3 * cuts < len(sent) else ()
                    spoils = (*channel.spoils, *ways)
                    spoil = spoils[row["kind"] % len(spoils)]
                    cuts += spoil in ways
                    sent.append(Sent(spoil.change(record), spoil.cut))
                    refused[spoil.reason] += 1
                case fate:
                    sent += [Sent(record)] * (1 + (fate == "twice"))
                    truth.accepted += 1
                    truth.duplicate += fate == "twice"
        truth.quarantined.update(refused)
        return self._put(path, style.bytes(sent), truth)

    def _put(self, path: str, body: bytes, truth: ObjectTruth) -> Made:
        self._place(path).write_bytes(body)
        return Made(path, truth)

    def _place(self, path: str) -> Path:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place
