"""Checks of asynchronous edges: nothing that fails is lost, and nothing waits unseen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacks.policy.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacks.policy.deployment import Deployment, Resource


def mappings(deployment: Deployment) -> Iterator[Finding]:
    """MERCADO-MappingFailures: records that a mapping gives up must lie somewhere."""
    redriven = {each.path for each in _queues(deployment) if "RedrivePolicy" in each.properties}
    for mapping in deployment.of_type("AWS::Lambda::EventSourceMapping"):
        source = mapping.properties["EventSourceArn"].strip("<>")
        destination = mapping.properties.get("DestinationConfig", {}).get("OnFailure", {})
        if source not in redriven and not destination.get("Destination"):
            yield Finding(
                mapping.path,
                "MERCADO-MappingFailures",
                "The mapping has no failure destination, and no queue with a redrive policy.",
            )


def queues(deployment: Deployment) -> Iterator[Finding]:
    """MERCADO-QueueRedrive: a message that fails for ever must leave the queue, and be kept."""
    known = _queues(deployment)
    kept_by = {
        each.properties["RedrivePolicy"]["deadLetterTargetArn"].strip("<>")
        for each in known
        if "RedrivePolicy" in each.properties
    }
    for queue in known:
        if "RedrivePolicy" not in queue.properties and queue.path not in kept_by:
            yield Finding(
                queue.path,
                "MERCADO-QueueRedrive",
                "The queue has no dead-letter queue, and is none.",
            )


def rules(deployment: Deployment) -> Iterator[Finding]:
    """MERCADO-RuleFailures: an event that could not be delivered must lie somewhere."""
    for rule in deployment.of_type("AWS::Events::Rule"):
        for target in rule.properties.get("Targets", []):
            if "Arn" not in target.get("DeadLetterConfig", {}):
                yield Finding(
                    rule.path,
                    f"MERCADO-RuleFailures[{target['Id']}]",
                    f"The rule's target {target['Arn']} has no dead-letter queue.",
                )


def alarms(deployment: Deployment) -> Iterator[Finding]:
    """MERCADO-Alarm: somebody must be told of what lags behind, and of what was given up."""
    for mapping in deployment.of_type("AWS::Lambda::EventSourceMapping"):
        source = mapping.properties["EventSourceArn"].strip("<>")
        if "StartingPosition" in mapping.properties:
            function = mapping.properties["FunctionName"].strip("<>")
            watched, metric = function, "IteratorAge"
        else:
            watched, metric = source, "ApproximateAgeOfOldestMessage"
        if not _alarmed(deployment, metric, watched):
            yield Finding(
                mapping.path, f"MERCADO-Alarm[{metric}]", f"No alarm watches how {watched} lags."
            )
    for queue in _queues(deployment):
        metric = "ApproximateNumberOfMessagesVisible"
        if "RedrivePolicy" not in queue.properties and not _alarmed(deployment, metric, queue.path):
            yield Finding(
                queue.path, f"MERCADO-Alarm[{metric}]", "No alarm tells that it has messages."
            )


def _alarmed(deployment: Deployment, metric: str, path: str) -> bool:
    """Whether an alarm that tells somebody watches the metric of the resource."""
    return any(
        alarm.properties.get("MetricName") == metric
        and alarm.properties.get("AlarmActions")
        and re.search(rf"<{re.escape(path)}[.>]", str(alarm.properties.get("Dimensions")))
        for alarm in deployment.of_type("AWS::CloudWatch::Alarm")
    )


def _queues(deployment: Deployment) -> list[Resource]:
    return deployment.of_type("AWS::SQS::Queue")
