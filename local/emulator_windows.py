"""Starts the emulator with habits of AWS that it lacks: metrics, permissions, batching windows.

Metrics are in `emulator_metrics.py`, permissions in `emulator_permissions.py` and, of map runs, in
`emulator_map_runs.py`; who asks for what is written down in `emulator_requests.py`, the keys of
tokens are found in `emulator_tokens.py`, ranges of versions in `emulator_ranges.py`, keys in their
listings in `emulator_keys.py`; event sources' windows are here.

It is also kept to the one port it was given: as root it would take 443 as well, if that is free,
and start anew when another emulator is quicker.

AWS gathers messages or stream records until the mapping's batch is full or its window has passed;
MiniStack 1.5.33 hands out whatever is there, from SQS at most ten. Without windows a day's traffic
becomes a run for every ten objects. Runs under the emulator's own Python; the pinned version's
internals that it wraps are named in these files and nowhere else.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import emulator_keys  # of this folder, which the script's interpreter looks in
import emulator_map_runs
import emulator_metrics
import emulator_permissions
import emulator_ranges
import emulator_requests
import emulator_tokens
from ministack import app
from ministack.services import dynamodb, lambda_svc, sqs

SQS_PAGE = 10


def batching_window(source_name: str) -> float:
    """The window of the mapping on the queue or table of this name, in seconds."""
    for _account, _region, mapping in lambda_svc._iter_all_esms():  # noqa: SLF001
        source = mapping.get("EventSourceArn", "")
        if source.endswith(f":{source_name}") or f":table/{source_name}/stream/" in source:
            return float(mapping.get("MaximumBatchingWindowInSeconds") or 0)
    return 0.0


def is_due(oldest: float, count: int, wanted: int, window: float) -> bool:
    """Whether a batch goes out: it is full, or its first has waited for the window."""
    return count >= wanted or time.time() - oldest >= window


def receive_messages(queue_url: str, wanted: int) -> list[dict[str, Any]]:
    """In place of `sqs._receive_messages_for_esm`: whole batches, after the window."""
    window = batching_window(queue_url.rsplit("/", 1)[-1])
    now = time.time()
    visible = [
        message
        for message in list(sqs._queues[queue_url]["messages"])  # noqa: SLF001
        if message.get("visible_at", 0) <= now
    ]
    if visible and not is_due(
        min(each["sent_at"] for each in visible), len(visible), wanted, window
    ):
        return []
    batch: list[dict[str, Any]] = []
    while len(batch) < wanted:
        page = receive_page(queue_url, min(wanted - len(batch), SQS_PAGE))
        batch += page
        if len(page) < SQS_PAGE:
            break
    return batch


def stream_records(table: str, position: int, limit: int, **scope: Any) -> list[dict[str, Any]]:
    """In place of `dynamodb.stream_records_since`: a batch once it is due."""
    batch: list[dict[str, Any]] = read_stream(table, position, limit, **scope)
    if not batch:
        return batch
    oldest = float(batch[0]["dynamodb"]["ApproximateCreationDateTime"])
    return batch if is_due(oldest, len(batch), limit, batching_window(table)) else []


receive_page = sqs._receive_messages_for_esm  # noqa: SLF001
read_stream = dynamodb.stream_records_since
sqs._receive_messages_for_esm = receive_messages  # noqa: SLF001
dynamodb.stream_records_since = stream_records
app._port_is_bindable = lambda _host, _port: False  # noqa: SLF001  # asked of 443 alone

if __name__ == "__main__":
    emulator_keys.install()
    emulator_metrics.install()
    emulator_map_runs.install()
    emulator_permissions.install()
    emulator_ranges.install()
    emulator_requests.install()
    emulator_tokens.install()
    sys.exit(app.main())
