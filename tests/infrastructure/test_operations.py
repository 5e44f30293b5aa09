"""What operators are promised: whatever can fall behind or be given up is watched, and told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.contracts import metrics
from lambdas.contracts.metrics import Measure
from local.docs.costs import MONTH
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


def alarm(resources: Resources, name: str) -> dict[str, Any]:
    alarms = properties(resources, "AWS::CloudWatch::Alarm")
    [found] = [each for each in alarms if each["AlarmName"] == f"mercado-{name}"]
    return found


OWN = {each.name: each for each in vars(metrics).values() if isinstance(each, Measure)}


def test_a_watch_that_falls_silent_alarms_as_lag_does(resources: Resources) -> None:
    lag = alarm(resources, "GoldLag")
    assert lag["TreatMissingData"] == "breaching"
    assert lag["Threshold"] == 15 * 60
    assert lag["Period"] == 300, "as often as the watch speaks"
    [schedule] = [
        each["ScheduleExpression"]
        for each in properties(resources, "AWS::Events::Rule")
        if "FunctionsWatch" in json.dumps(each["Targets"])
    ]
    assert schedule == "rate(5 minutes)"


@pytest.mark.parametrize(
    "ending",
    [
        *("RunsFailed", "RunsTimedOut", "RunsAborted", "RunsUnbalanced"),
        *("PullsFailed", "PullsTimedOut", "PullsAborted"),
    ],
)
def test_one_run_that_does_not_succeed_raises_an_alarm(resources: Resources, ending: str) -> None:
    raised = alarm(resources, ending)
    assert (raised["Threshold"], raised["EvaluationPeriods"], raised["Statistic"]) == (1, 1, "Sum")


def test_every_alarm_of_ours_watches_what_some_function_emits(resources: Resources) -> None:
    ours = [
        each
        for each in properties(resources, "AWS::CloudWatch::Alarm")
        if each["Namespace"] == metrics.namespace("mercado")
    ]
    assert len(ours) == 4
    for each in ours:
        service = OWN[each["MetricName"]].service
        assert each["Dimensions"] == [{"Name": "service", "Value": service}]


def test_functions_emit_under_the_namespace_that_alarms_watch(resources: Resources) -> None:
    functions = properties(resources, "AWS::Lambda::Function")
    told = {
        each["Environment"]["Variables"][metrics.NAMESPACE_VARIABLE]
        for each in functions
        if "Environment" in each
    }
    assert told == {metrics.namespace("mercado")}


def test_thresholds_are_settings(synthesize: Callable[..., dict[str, dict[str, Any]]]) -> None:
    changed: Resources = synthesize(
        alarm_delay_minutes=1,
        alarm_gold_lag_minutes=30,
        alarm_quarantined_percent=50,
        alarm_api_errors=9,
        alarm_api_p95_ms=700,
        monthly_budget=40,
        alarm_email="ops@example.com",
    )[STACK]["Resources"]
    assert {
        name: alarm(changed, name)["Threshold"]
        for name in (
            "CaptureStreamAge",
            "ChangesQueueAge",
            "GoldLag",
            "QuarantinedPercent",
            "ApiErrors",
            "ApiLatency",
        )
    } == {
        "CaptureStreamAge": 60_000,
        "ChangesQueueAge": 60,
        "GoldLag": 1_800,
        "QuarantinedPercent": 50,
        "ApiErrors": 9,
        "ApiLatency": 700,
    }
    [subscription] = properties(changed, "AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.com")
    [budget] = properties(changed, "AWS::Budgets::Budget")
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 40, "Unit": "USD"}
    without_warehouse = properties(changed, "AWS::CloudWatch::Alarm")
    assert not [each for each in without_warehouse if "LoadErrors" in each["AlarmName"]]
    assert len(without_warehouse) == MONTH["alarms"], "what the page on costs counts"


def test_nobody_is_subscribed_and_no_budget_set_unless_asked_for(resources: Resources) -> None:
    assert not properties(resources, "AWS::SNS::Subscription")
    assert not properties(resources, "AWS::Budgets::Budget")
    with pytest.raises(SettingError, match="alarm_email"):
        Settings(alarm_email="nobody")


def test_the_dashboard_shows_every_alarm_and_only_metrics_that_there_are(
    resources: Resources,
) -> None:
    [dashboard] = properties(resources, "AWS::CloudWatch::Dashboard")
    parts = dashboard["DashboardBody"]["Fn::Join"][1]
    body = json.loads("".join(each if isinstance(each, str) else "token" for each in parts))
    [state, *_] = [each for each in body["widgets"] if each["type"] == "alarm"]
    alarms = properties(resources, "AWS::CloudWatch::Alarm")
    assert len(state["properties"]["alarms"]) == len(alarms)
    shown = [
        each
        for widget in body["widgets"]
        for each in widget["properties"].get("metrics", [])
        if each[0] == metrics.namespace("mercado")
    ]
    assert shown
    for _, name, dimension, service, *_ in shown:
        assert (dimension, service) == ("service", OWN[name].service)


def test_the_watch_may_read_metrics_and_nothing_else(resources: Resources) -> None:
    policies = properties(resources, "AWS::IAM::Policy")
    allowed = [
        statement["Action"]
        for each in policies
        if "FunctionsWatchRole" in json.dumps(each["Roles"])
        for statement in each["PolicyDocument"]["Statement"]
    ]
    actions = {action for each in allowed for action in ([each] if isinstance(each, str) else each)}
    assert {each for each in actions if not each.startswith(("logs:", "xray:"))} == {
        "cloudwatch:GetMetricData",
        "sqs:SendMessage",
    }
