"""What `make bench` prints: times beside their floors, and capacity per request."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks.clients import InProcess, OverHttps
from benchmarks.imports import BARE, cold_imports
from benchmarks.routes import floor, latencies, usages
from benchmarks.usage import UsageCounter
from local.cloud import CLOUDS, Cloud
from local.progress import Progress

if TYPE_CHECKING:
    from benchmarks.latency import Latency
    from benchmarks.usage import Usage


def imports_table(seconds: dict[str, float]) -> Table:
    table = Table(title="Cold import from the API's bundle, median")
    for name in ("module", "ms", f"x {BARE}"):
        table.add_column(name)
    for module, took in seconds.items():
        table.add_row(module, f"{1000 * took:.0f}", f"{took / seconds[BARE]:.2f}")
    return table


def routes_table(title: str, peer: str, least: Latency, found: dict[str, Latency]) -> Table:
    table = Table(title=f"{title}, ms; x p50 of {peer}")
    for name in ("route", "p50", "p95", "x"):
        table.add_column(name, justify="left" if name == "route" else "right")
    for route, each in {peer: least, **found}.items():
        times = f"{each.p50 / least.p50:.1f}"
        table.add_row(route, f"{each.p50:.1f}", f"{each.p95:.1f}", times)
    return table


def usage_table(used: dict[str, Usage]) -> Table:
    table = Table(title="DynamoDB per request (capacity units as the emulator charges them)")
    for name in ("route", "calls", "read units", "write units"):
        table.add_column(name, justify="left" if name == "route" else "right")
    for route, each in used.items():
        table.add_row(route, str(each.calls), f"{each.reads:g}", f"{each.writes:g}")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="timed calls of each route")
    rounds: int = parser.parse_args().rounds
    console, progress = Console(), Progress()
    cloud = Cloud(CLOUDS / "bench")
    try:
        with progress.step("Cold imports"):
            seconds = cold_imports()
        access = cloud.up(progress)
        with progress.step("Routes in this process"):
            shop = InProcess(access.client("dynamodb"))
            counter = UsageCounter(shop.dynamodb)
            used = usages(shop, counter)
            least, inside = floor(shop, rounds), latencies(shop, rounds)
        with progress.step("Routes through the laptop's cloud"):
            deployed = OverHttps(access)
            outside = latencies(deployed, rounds)
    finally:
        with progress.step("Clean stop"):
            cloud.down()
    console.print(imports_table(seconds))
    console.print(routes_table("In this process", "one GetItem", least, inside))
    health = outside["GET /health"]
    console.print(routes_table("Through the laptop's cloud, warm", "GET /health", health, outside))
    console.print(usage_table(used))


if __name__ == "__main__":
    main()
