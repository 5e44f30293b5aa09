"""Feeds the emulator's CloudWatch as AWS feeds its own: MiniStack 1.5.33 knows little of metrics.

Our functions' EMF lines become metrics, and so do the metrics of AWS's services that an alarm of
ours watches: ages, depths, errors, executions, requests. With them GetMetricData answers on the
laptop what it answers on an account. Runs under the emulator's own Python; the pinned version's
internals that it wraps are named here and in `emulator_windows.py`, and nowhere else.
"""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

from ministack.services import (
    apigateway,
    cloudwatch,
    dynamodb,
    lambda_svc,
    sqs,
    stepfunctions,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE_SECONDS = 5.0
EXECUTIONS = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}
SERVER_ERROR, CLIENT_ERROR = 500, 400

record = cloudwatch.record_metric


def embedded(line: str) -> Iterator[tuple[str, str, float, str, dict[str, str]]]:
    """(namespace, name, value, unit, dimensions) of each value in a line of EMF; of others none."""
    if '"_aws"' not in line:
        return
    try:
        document = json.loads(line)
    except ValueError:
        return
    for directive in document.get("_aws", {}).get("CloudWatchMetrics", []):
        for names in directive["Dimensions"]:
            dimensions = {name: str(document[name]) for name in names}
            for metric in directive["Metrics"]:
                found = document[metric["Name"]]
                for value in found if isinstance(found, list) else [found]:
                    yield directive["Namespace"], metric["Name"], value, metric["Unit"], dimensions


def log_invocation(
    function: dict[str, Any],
    request: str,
    log: str,
    error: bool,
    milliseconds: int,
    **options: Any,
) -> None:
    """In place of `lambda_svc._emit_lambda_logs`, which sees every invocation, by whomever."""
    write_log(function, request, log, error, milliseconds, **options)
    name = (function.get("config") or function)["FunctionName"]
    own = {"FunctionName": name}
    record("AWS/Lambda", "Invocations", 1, "Count", own)
    record("AWS/Lambda", "Errors", 1 if error else 0, "Count", own)
    record("AWS/Lambda", "Throttles", 0, "Count", own)
    record("AWS/Lambda", "Duration", milliseconds, "Milliseconds", own)
    for line in log.splitlines():
        for namespace, metric, value, unit, dimensions in embedded(line):
            record(namespace, metric, value, unit, dimensions)


def execution_changed(execution: dict[str, Any]) -> None:
    """In place of `stepfunctions._emit_execution_status_event`."""
    tell_status(execution)
    metric = EXECUTIONS.get(execution["status"])
    if metric and not execution.get("sync"):
        own = {"StateMachineArn": execution["stateMachineArn"]}
        record("AWS/States", metric, 1, "Count", own)


async def serve(api_id: str, *arguments: Any, **options: Any) -> Any:
    """In place of `apigateway.handle_execute`: an HTTP API's request and its answer."""
    begun = time.monotonic()
    answer = await execute(api_id, *arguments, **options)
    status, own = answer[0], {"ApiId": api_id}
    record("AWS/ApiGateway", "Count", 1, "Count", own)
    record("AWS/ApiGateway", "5xx", 1 if status >= SERVER_ERROR else 0, "Count", own)
    refused = CLIENT_ERROR <= status < SERVER_ERROR
    record("AWS/ApiGateway", "4xx", 1 if refused else 0, "Count", own)
    latency = (time.monotonic() - begun) * 1000
    record("AWS/ApiGateway", "Latency", latency, "Milliseconds", own)
    return answer


def sample_streams() -> None:
    """IteratorAge of every stream mapping: of its oldest record that no function has finished."""
    for _account, _region, mapping in lambda_svc._iter_all_esms():  # noqa: SLF001
        source = mapping.get("EventSourceArn", "")
        if ":dynamodb:" not in source or "/stream/" not in source:
            continue
        table = source.split(":table/")[1].split("/stream/")[0]
        position = lambda_svc._dynamodb_stream_positions.get(mapping["UUID"], 0)  # noqa: SLF001
        batch = dynamodb.stream_records_since(table, position, 1)
        age = 0.0
        if batch:
            age = time.time() - float(batch[0]["dynamodb"]["ApproximateCreationDateTime"])
        name = mapping["FunctionArn"].split(":function:")[1].split(":")[0]
        record(
            "AWS/Lambda", "IteratorAge", max(age, 0) * 1000, "Milliseconds", {"FunctionName": name}
        )


def sample_queues() -> None:
    """Depth of every queue, and the age of its oldest message, in flight or not."""
    now = time.time()
    for url, queue in list(sqs._queues.items()):  # noqa: SLF001
        messages = list(queue["messages"])
        own = {"QueueName": url.rsplit("/", 1)[-1]}
        visible = sum(each.get("visible_at", 0) <= now for each in messages)
        oldest = min((each.get("sent_at", now) for each in messages), default=now)
        record("AWS/SQS", "ApproximateNumberOfMessagesVisible", visible, "Count", own)
        record("AWS/SQS", "ApproximateAgeOfOldestMessage", now - oldest, "Seconds", own)


def sample() -> None:
    while True:
        time.sleep(SAMPLE_SECONDS)
        sample_queues()
        sample_streams()


write_log = lambda_svc._emit_lambda_logs  # noqa: SLF001
tell_status = stepfunctions._emit_execution_status_event  # noqa: SLF001
execute = apigateway.handle_execute


def install() -> None:
    lambda_svc._emit_lambda_logs = log_invocation  # noqa: SLF001
    lambda_svc._emit_lambda_metrics = lambda *_, **__: None  # noqa: SLF001  # some callers' only
    stepfunctions._emit_execution_status_event = execution_changed  # noqa: SLF001
    apigateway.handle_execute = serve
    threading.Thread(target=sample, daemon=True).start()
