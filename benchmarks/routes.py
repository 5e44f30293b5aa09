"""Every route by its exercise: warm latencies, and what one call asks of DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.exercises import EXERCISES, Scene
from benchmarks.latency import Latency, timed

if TYPE_CHECKING:
    from benchmarks.clients import InProcess
    from benchmarks.exercises import Client
    from benchmarks.usage import Usage, UsageCounter

WARM_UP = 3


def latencies(client: Client, rounds: int) -> dict[str, Latency]:
    """By "METHOD rule", after a warm-up of each. What a request needs first is not timed."""
    scene = Scene(client)
    found = {}
    for (method, rule), exercise in EXERCISES.items():
        requests = [exercise(scene) for _ in range(WARM_UP + rounds)]
        seconds = [timed(lambda each=each: client.send(each)) for each in requests]  # type: ignore[misc]  # bound now
        found[f"{method} {rule}"] = Latency.of(seconds[WARM_UP:])
    return found


def usages(client: Client, counter: UsageCounter) -> dict[str, Usage]:
    """By "METHOD rule": what one request used, its retries included."""
    scene = Scene(client)
    found = {}
    for (method, rule), exercise in EXERCISES.items():
        client.send(exercise(scene))  # what only the first one makes, such as a category
        request = exercise(scene)
        counter.take()
        client.send(request)
        found[f"{method} {rule}"] = counter.take()
    return found


def floor(shop: InProcess, rounds: int) -> Latency:
    """Of one bare read of the same table, by the same client."""
    seconds = [timed(shop.floor) for _ in range(WARM_UP + rounds)]
    return Latency.of(seconds[WARM_UP:])
