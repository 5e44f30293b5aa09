"""The made-up marketplace: who sold what to whom, and what its sources tell of that.

DuckDB draws all of it from the seed, by hashes: the same wish gives the same world, as long as the
version of DuckDB is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import duckdb

from lambdas.contracts.fields import FIRST_DAY
from lambdas.engine import literal, statement
from local.generate.truth import GoldTruth, Halves

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINES_A_CUSTOMER, LINES_AN_ITEM, ITEMS_A_VENDOR = 20, 200, 20
MIN_LINES = 200
MOST_YEARS, MOST_DAYS = 50, 3650
FIRST_YEAR = FIRST_DAY // 10000
DAYS_A_YEAR = 365.2425
MEMORY = "4GiB"


@dataclass(frozen=True)
class Wish:
    """What to make: `lines` of sales over `years` and then `days`, which end before `until`.

    The years are history, in months of Parquet; the days are the increment, in daily files.
    `mess` is the share of records that are sent twice or are no good, half of them each.
    """

    lines: int = 100_000
    years: int = 10
    days: int = 30
    until: date = date(2026, 11, 21)
    mess: float = 0.02
    seed: int = 1

    @property
    def problem(self) -> str:
        """Why it cannot be had, if it cannot."""
        if self.lines < MIN_LINES:
            return f"lines has to be {MIN_LINES} or more"
        if not 1 <= self.days <= MOST_DAYS:
            return f"days has to be 1 to {MOST_DAYS}"
        if not 0 <= self.mess <= 1:
            return "mess is a share, from 0 to 1"
        if not 1 <= self.years <= MOST_YEARS or self.since.year < FIRST_YEAR:
            return f"years have to be 1 or more, and none of them before {FIRST_YEAR}"
        return ""

    @property
    def cut(self) -> date:
        """The first day of the increment."""
        return self.until - timedelta(days=self.days)

    @property
    def since(self) -> date:
        return self.cut - timedelta(days=round(DAYS_A_YEAR * self.years))

    @property
    def items(self) -> int:
        return max(self.lines // LINES_AN_ITEM, 20)


class World:
    """Tables of a wish; `folder` takes what does not fit in memory."""

    def __init__(self, wish: Wish, folder: Path) -> None:
        self.wish = wish
        self._engine = duckdb.connect(
            config={"memory_limit": MEMORY, "temp_directory": str(folder / "spill")}
        )
        self._engine.execute(
            statement(
                "generate/world",
                seed=literal(wish.seed),
                lines=str(wish.lines),
                customers=str(max(wish.lines // LINES_A_CUSTOMER, 40)),
                items=str(wish.items),
                vendors=str(max(wish.items // ITEMS_A_VENDOR, 3)),
                since=literal(wish.since),
                cut=literal(wish.cut),
                until=literal(wish.until),
            )
        )
        self._engine.execute(statement("generate/states", mess=str(wish.mess)))
        self._engine.execute(statement("generate/shops", items=str(wish.items)))

    def run(self, query: str, **arguments: object) -> None:
        """A statement that answers nothing; see `rows`."""
        for _ in self.rows(query, **arguments):
            pass

    def rows(self, query: str, **arguments: object) -> Iterator[dict[str, Any]]:
        """Of a file of sql/generate/, whose arguments become literals."""
        given = {name: literal(value) for name, value in arguments.items()}
        found = self._engine.cursor().execute(statement(f"generate/{query}", **given))
        names = [column[0] for column in found.description or []]
        while batch := found.fetchmany(10_000):
            for row in batch:
                yield dict(zip(names, row, strict=True))

    def halves(self, *, pulled: bool) -> Halves:
        """What gold has to say, with what is pulled or without."""
        return Halves(self._gold(past=True, pulled=pulled), self._gold(past=False, pulled=pulled))

    def _gold(self, **of: bool) -> GoldTruth:
        return GoldTruth(
            {
                row["month"]: (row["lines"], row["units"], row["money"])
                for row in self.rows("sales", **of)
            },
            {
                row["gold_table"]: (row["members"], row["described"])
                for row in self.rows("members", **of)
            },
        )
