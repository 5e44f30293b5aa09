"""Which events start what, and where those end that cannot be delivered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stacks.policy.deployment import Deployment, Resource

PIPELINE = "MercadoPipeline/Functions"
DISPATCH = f"{PIPELINE}/Dispatch"
SHOP = ("customer", "vendor", "item", "category", "cart", "transaction")
MACHINE = "<MercadoPipeline/Promotion/Machine>"


def starts(deployment: Deployment, target: str) -> list[Resource]:
    """The rules and mappings that start a function or fill a queue."""
    rules = [
        rule
        for rule in deployment.of_type("AWS::Events::Rule")
        if f"<{target}>" in [each["Arn"] for each in rule.properties["Targets"]]
    ]
    mappings = [
        mapping
        for mapping in deployment.of_type("AWS::Lambda::EventSourceMapping")
        if mapping.properties["FunctionName"] == f"<{target}>"
    ]
    return [*rules, *mappings]


def only(deployment: Deployment, target: str) -> dict[str, Any]:
    [start] = starts(deployment, target)
    return start.properties


def announced(deployment: Deployment, queue: str) -> list[str]:
    """Under which prefixes of the lake objects are announced in a queue."""
    detail = only(deployment, f"MercadoPipeline/{queue}")["EventPattern"]["detail"]
    assert detail["bucket"] == {"name": ["<MercadoLake/Bucket>"]}
    return [each["prefix"] for each in detail["object"]["key"]]


def test_a_change_in_the_shop_starts_capture_from_the_streams_beginning(
    deployment: Deployment,
) -> None:
    mapping = only(deployment, f"{PIPELINE}/Capture")
    assert mapping["EventSourceArn"] == "<MercadoShop/Table.StreamArn>"
    assert mapping["StartingPosition"] == "TRIM_HORIZON"


def test_capture_retries_for_ever_and_gives_up_whole_batches_before_the_stream_does(
    deployment: Deployment,
) -> None:
    mapping = only(deployment, f"{PIPELINE}/Capture")
    assert mapping["MaximumRetryAttempts"] == -1
    assert mapping["MaximumRecordAgeInSeconds"] < 24 * 3600
    assert not mapping.get("BisectBatchOnFunctionError")
    failures = mapping["DestinationConfig"]["OnFailure"]["Destination"]
    assert failures == "<MercadoPipeline/CaptureFailures>"


def test_a_raw_object_and_nothing_else_of_the_lake_starts_dispatch_by_way_of_a_queue(
    deployment: Deployment,
) -> None:
    assert announced(deployment, "RawObjects") == ["raw/"]
    queues = [each.properties["EventSourceArn"] for each in starts(deployment, DISPATCH)]
    assert sorted(queues) == ["<MercadoPipeline/Changes>", "<MercadoPipeline/RawObjects>"]


def test_what_capture_writes_is_announced_in_a_queue_of_its_own(deployment: Deployment) -> None:
    prefixes = announced(deployment, "Changes")
    assert sorted(prefixes) == [f"raw/{each}/dt=" for each in sorted({*SHOP, "unclassified"})]
    [dispatch] = [each for each in deployment.resources if each.path == DISPATCH]
    known = dispatch.properties["Environment"]["Variables"]["CHANGES_QUEUE_ARN"]
    assert known == "<MercadoPipeline/Changes>"


def test_the_sweeper_starts_by_the_clock(deployment: Deployment) -> None:
    assert only(deployment, f"{PIPELINE}/Sweep")["ScheduleExpression"] == "rate(15 minutes)"


def test_an_execution_that_ended_badly_is_recorded(deployment: Deployment) -> None:
    detail = only(deployment, f"{PIPELINE}/Failed")["EventPattern"]["detail"]
    assert detail == {
        "stateMachineArn": [MACHINE],
        "status": ["FAILED", "TIMED_OUT", "ABORTED"],
    }


def test_no_event_starts_what_operators_call_or_the_promotion_invokes(
    deployment: Deployment,
) -> None:
    for name in (
        "Operate",
        "Backfill",
        "Resync",
        "Replay",
        "Plan",
        "Clean",
        "Conform",
        "Publish",
        "Load",
    ):
        assert not starts(deployment, f"{PIPELINE}/{name}"), name
    permitted = json.dumps(
        [
            each.properties["FunctionName"]
            for each in deployment.of_type("AWS::Lambda::Permission")
            if each.path.startswith("MercadoPipeline/")
        ]
    )
    assert f"{PIPELINE}/Publish" not in permitted
    assert f"{PIPELINE}/Operate" not in permitted
