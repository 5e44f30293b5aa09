"""The alarms: what counts as wrong, for how long, and what whoever is woken should do.

A period is a minute, so that an alarm is minutes late at most, and three periods in a row keep a
single hiccup from waking anybody; where one occurrence is already a loss, one period suffices.
What is silent when nothing happens (a stream, a queue, an API without traffic) does not alarm on
missing data: that nothing comes through at all is for the freshness of gold to tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from aws_cdk import Duration, Fn, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_cdk import aws_sns as sns

    from stacks.settings import Settings

T = TypeVar("T", bound=Construct)

MINUTE = Duration.minutes(1)
IN_A_ROW = 3
PAGE = "See docs/operations.md."


@dataclass(frozen=True)
class Condition:
    """When the alarm is raised: `periods` in a row over (or at) the threshold."""

    threshold: float
    periods: int = IN_A_ROW
    comparison: cloudwatch.ComparisonOperator = (
        cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
    )
    missing: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING


class Alarms(Construct):
    """Makes alarms that tell the topic when they are raised and when they are over."""

    def __init__(self, scope: Construct, *, settings: Settings, topic: sns.Topic) -> None:
        super().__init__(scope, "Alarm")
        self.settings = settings
        self.action = actions.SnsAction(topic)

    def add(
        self, name: str, metric: cloudwatch.IMetric, condition: Condition, says: str
    ) -> cloudwatch.Alarm:
        """`says` is what happened and what to do: all that an e-mail shows."""
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"{self.settings.name}-{name}",
            metric=metric,
            threshold=condition.threshold,
            evaluation_periods=condition.periods,
            comparison_operator=condition.comparison,
            treat_missing_data=condition.missing,
            alarm_description=f"{says} {PAGE}",
        )
        alarm.add_alarm_action(self.action)
        alarm.add_ok_action(self.action)
        return alarm

    def on_mappings(self, watched: Stack) -> None:
        """The age of the oldest record or message of every event source, whatever it feeds."""
        for mapping in _of(watched, lambda_.CfnEventSourceMapping):
            limit = Duration.minutes(self.settings.alarm_delay_minutes)
            if mapping.starting_position is not None:
                self.add(
                    f"{_function_of(mapping)}StreamAge",
                    _metric(
                        "AWS/Lambda",
                        "IteratorAge",
                        {"FunctionName": mapping.function_name},
                        "Maximum",
                    ),
                    Condition(limit.to_milliseconds()),
                    "A function lags behind its stream or fails on it; after 23 hours records go "
                    "to its failure bucket. Look at the function's log; once it works again it "
                    "catches up by itself, and `make resync` brings what the stream no longer has.",
                )
            else:
                assert mapping.event_source_arn is not None  # noqa: S101  # a queue has one
                queue = Fn.select(5, Fn.split(":", mapping.event_source_arn))
                self.add(
                    f"{_function_of(mapping)}QueueAge",
                    _metric(
                        "AWS/SQS",
                        "ApproximateAgeOfOldestMessage",
                        {"QueueName": queue},
                        "Maximum",
                    ),
                    Condition(limit.to_seconds()),
                    "Messages wait too long for their function. Either it fails (look at its log) "
                    "or runs wait for room: see what runs do, and the setting runs_at_once.",
                )

    def on_dead_letters(self, watched: Stack) -> None:
        """One message is one too many: it is kept for 14 days, and then lost."""
        for queue in _of(watched, sqs.Queue):
            if queue.dead_letter_queue is None:
                self.add(
                    f"{queue.node.id}Depth",
                    queue.metric_approximate_number_of_messages_visible(
                        period=MINUTE, statistic="Maximum"
                    ),
                    Condition(1, periods=1),
                    "A message was given up and lies in a dead-letter queue, for 14 days. Read it "
                    "there, mend the cause, then `make sweep`: it dispatches whatever no run has "
                    "taken.",
                )


def _metric(
    namespace: str, name: str, dimensions: dict[str, str], statistic: str
) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map=dimensions,
        statistic=statistic,
        period=MINUTE,
    )


def _of(stack: Stack, kind: type[T]) -> Iterator[T]:
    return (each for each in stack.node.find_all() if isinstance(each, kind))


def _function_of(mapping: lambda_.CfnEventSourceMapping) -> str:
    """The function's id: `Functions/<function>/<mapping>/Resource`."""
    return mapping.node.path.split("/")[-3]
