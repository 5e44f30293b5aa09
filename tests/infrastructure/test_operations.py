"""What operators are promised: whatever can fall behind or be given up is watched, and told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stacks.settings import SettingError, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

Resources = dict[str, dict[str, Any]]
STACK = "MercadoOperations"


def properties(resources: Resources, kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in resources.values() if each["Type"] == kind]


def watched(resources: Resources, metric: str) -> list[str]:
    """What alarms on the metric watch: their dimensions, as JSON."""
    alarms = properties(resources, "AWS::CloudWatch::Alarm")
    return [json.dumps(each["Dimensions"]) for each in alarms if each["MetricName"] == metric]


def logical_id(target: Any) -> str:
    """Of `{"Fn::GetAtt": [id, …]}` or `{"Ref": id}`."""
    return str(target["Fn::GetAtt"][0] if "Fn::GetAtt" in target else target["Ref"])


def test_every_stream_and_every_queue_that_feeds_a_function_is_watched_for_age(
    resources: Resources,
) -> None:
    streams = " ".join(watched(resources, "IteratorAge"))
    queues = " ".join(watched(resources, "ApproximateAgeOfOldestMessage"))
    mappings = properties(resources, "AWS::Lambda::EventSourceMapping")
    assert mappings
    for mapping in mappings:
        if "StartingPosition" in mapping:
            assert logical_id(mapping["FunctionName"]) in streams
        else:
            assert logical_id(mapping["EventSourceArn"]) in queues


def test_one_message_in_any_dead_letter_queue_raises_an_alarm(resources: Resources) -> None:
    depths = " ".join(watched(resources, "ApproximateNumberOfMessagesVisible"))
    targets = {
        logical_id(json.loads(json.dumps(each["RedrivePolicy"]["deadLetterTargetArn"])))
        for each in properties(resources, "AWS::SQS::Queue")
        if "RedrivePolicy" in each
    }
    assert targets
    assert all(target in depths for target in targets)
    alarms = properties(resources, "AWS::CloudWatch::Alarm")
    [alarm] = [each for each in alarms if each["AlarmName"] == "mercado-DeadLettersDepth"]
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 1)


def test_every_alarm_says_what_to_do_and_tells_when_it_is_raised_and_over(
    resources: Resources,
) -> None:
    for alarm in properties(resources, "AWS::CloudWatch::Alarm"):
        assert "docs/operations.md" in alarm["AlarmDescription"]
        assert len(alarm["AlarmDescription"]) <= 1024
        assert alarm["AlarmActions"] == alarm["OKActions"] != []
        assert alarm["TreatMissingData"] in {"breaching", "notBreaching"}, "decided, not defaulted"


def test_alarms_travel_encrypted_and_over_tls_only(resources: Resources) -> None:
    [topic] = properties(resources, "AWS::SNS::Topic")
    assert topic["KmsMasterKeyId"]["Fn::GetAtt"][1] == "Arn"
    [policy] = properties(resources, "AWS::SNS::TopicPolicy")
    denied, *allowed = policy["PolicyDocument"]["Statement"]
    assert denied["Effect"] == "Deny"
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert allowed
    for statement in allowed:
        assert "Service" in statement["Principal"]
        assert "aws:SourceAccount" in statement["Condition"]["StringEquals"]


def test_alarms_go_to_the_address_of_the_settings(
    synthesize: Callable[..., dict[str, dict[str, Any]]], resources: Resources
) -> None:
    assert not properties(resources, "AWS::SNS::Subscription")
    told = synthesize(alarm_email="ops@example.com")[STACK]["Resources"]
    [subscription] = properties(told, "AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.com")
    with pytest.raises(SettingError, match="alarm_email"):
        Settings(alarm_email="nobody")
