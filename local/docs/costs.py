"""What a deployment costs a month by its number of orders: list prices times stated usage.

An estimate to plan by, not a bill: us-east-1, without free tiers, tax, data transfer, the
warehouse and what analysts scan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.docs.tables import code, table
from stacks.prices import PRICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacks.prices import Price

DAYS = 30
VOLUMES = (100, 10_000, 1_000_000)
"""Orders a day."""

SMALL = 0.01
"""Numbers below are shown with an exponent."""

REQUESTS = 12
ORDER: Mapping[str, float] = {
    "requests": REQUESTS,
    "invocations": REQUESTS,
    "gb_seconds": REQUESTS * 0.02,
    "write_units": 12,
    "read_units": 20,
    "table_gb": 2e-6,
    "lake_gb": 4e-6,
    "log_gb": REQUESTS * 0.6e-6,
    "traces": REQUESTS * 0.05,
}
"""What one order brings: a shopper makes twelve requests of 20 ms at 1 GB, fills a cart with two
lines and checks out. The checkout's transaction writes five items of up to 1 KB (order, cart, key,
two stocks), each counted twice; the order's index and the cart before it are written once."""

RUN_SECONDS = 30
"""From one run's start to the next under steady traffic: what arrives meanwhile joins the next."""
RUN: Mapping[str, float] = {
    "invocations": 21,
    "gb_seconds": 2 * 0.5 + 2 * 3.4 + 9 + 6 * 2.6 + 6 * 0.3,
    "puts": 40,
    "gets": 90,
    "events": 6,
    "messages": 2 * 15,
    "transitions": 12 + 2 * 8,
    "log_gb": 40e-6,
    "traces": 1,
}
"""What one run takes, however few its rows: six raw objects, captured in as many invocations and
announced in two queues; two batches to clean (1.7 GB, 2 s each), conform (3 GB, 3 s), six
partitions to publish (1.7 GB, 1.5 s each); twelve transitions of the machine, two for every child
of its maps."""

MONTH: Mapping[str, float] = {
    "keys": 2,
    "alarms": 19,
    "metrics": 18,
    "invocations": DAYS * 24 * (4 + 12),
    "gb_seconds": DAYS * 24 * (4 * 2 + 12 * 0.5),
    "messages": 3 * DAYS * 86_400 / 20 * 5,
}
"""What an idle deployment takes: two keys, alarms, a sweep every 15 minutes, a watch every five,
and Lambda's five pollers of each of three queues, waiting 20 seconds at a time. Without traffic
there are two metrics and no more; all are counted, for the whole month."""


def priced() -> dict[str, Price]:
    """The prices of what is counted here."""
    return {name: each for name, each in PRICES.items() if {name} & {*ORDER, *RUN, *MONTH}}


def dollars(orders_a_day: int) -> dict[str, float]:
    """US dollars a month by service."""
    orders = orders_a_day * DAYS
    runs = min(orders, DAYS * 86_400 / RUN_SECONDS)
    found = dict.fromkeys((each.service for each in priced().values()), 0.0)
    for name, price in priced().items():
        used = orders * ORDER.get(name, 0) + runs * RUN.get(name, 0) + MONTH.get(name, 0)
        found[price.service] += used / price.per * price.dollars
    return found


def costs() -> str:
    months = [dollars(each) for each in VOLUMES]
    rows = [[service, *(f"{each[service]:,.2f}" for each in months)] for service in months[0]]
    rows.append(["**sum**", *(f"**{sum(each.values()):,.2f}**" for each in months)])
    return table(("$ a month", *(f"{each:,} orders a day" for each in VOLUMES)), rows)


def usage() -> str:
    """The arithmetic's terms: each price, and how much of it an order, a run and a month take."""
    rows = (
        (
            f"{price.service}: {price.thing}",
            f"{price.dollars:g} for {_amount(price.per)}",
            *(_amount(each.get(name, 0)) for each in (ORDER, RUN, MONTH)),
        )
        for name, price in priced().items()
    )
    return table(("of", "list price, $", "an order", "a run", "a month, idle"), rows)


def _amount(number: float) -> str:
    if not number:
        return ""
    return code(f"{number:.2g}") if number < SMALL else f"{number:,.10g}"
