"""The alarms: what counts as wrong, for how long, and what whoever is woken should do.

A period is a minute, so that an alarm is minutes late at most, and three periods in a row keep a
single hiccup from waking anybody; where one occurrence is already a loss, one period suffices.
What is silent when nothing happens (a stream, a queue, an API without traffic) does not alarm on
missing data: that nothing comes through at all is for the freshness of gold to tell, and the
absence of that metric does alarm.

Not watched by themselves: errors of functions that are called asynchronously (the dead-letter
queue has them), of capture and dispatch (the ages grow), of a run's steps (the run fails).
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

from lambdas.contracts.metrics import (
    GOLD_LAG,
    QUARANTINED_PERCENT,
    RUNS_EXHAUSTED,
    RUNS_UNBALANCED,
)
from stacks.metrics import FIVE_MINUTES, MINUTE, metric, own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_stepfunctions as sfn

    from stacks.ingest import IngestStack
    from stacks.pipeline import PipelineStack
    from stacks.settings import Settings
    from stacks.shop import ShopStack

T = TypeVar("T", bound=Construct)

IN_A_ROW = 3
LOAD_ERRORS = 3
"""In five minutes. A load is retried six times in about as long; two failures may be a conflict."""
PAGE = "See docs/operations.md."
MISSING, SILENT = (
    cloudwatch.TreatMissingData.BREACHING,
    cloudwatch.TreatMissingData.NOT_BREACHING,
)


@dataclass(frozen=True)
class Condition:
    """When an alarm is raised: at or over the threshold for so many periods in a row."""

    threshold: float
    periods: int = IN_A_ROW
    missing: cloudwatch.TreatMissingData = SILENT


ONCE = Condition(1, periods=1)


class Alarms(Construct):
    """Makes alarms that tell the topic when they are raised and when they are over."""

    def __init__(self, scope: Construct, *, settings: Settings, topic: sns.Topic) -> None:
        super().__init__(scope, "Alarm")
        self.settings = settings
        self.action = actions.SnsAction(topic)
        self.made: list[cloudwatch.Alarm] = []

    def add(self, name: str, metric: cloudwatch.Metric, condition: Condition, says: str) -> None:
        """`says` is what happened and what to do: all that an e-mail shows."""
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"{self.settings.name}-{name}",
            metric=metric,
            threshold=condition.threshold,
            evaluation_periods=condition.periods,
            comparison_operator=(cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD),
            treat_missing_data=condition.missing,
            # Of a handful of requests, the slowest is no percentile.
            evaluate_low_sample_count_percentile=(
                "ignore" if metric.statistic.startswith("p") else None
            ),
            alarm_description=f"{says} {PAGE}",
        )
        alarm.add_alarm_action(self.action)
        alarm.add_ok_action(self.action)
        self.made.append(alarm)

    def on_mappings(self, watched: Stack) -> None:
        """The age of the oldest record or message of every event source, whatever it feeds."""
        limit = Duration.minutes(self.settings.alarm_delay_minutes)
        for mapping in _of(watched, lambda_.CfnEventSourceMapping):
            function = _function_of(mapping)
            if mapping.starting_position is not None:
                self.add(
                    f"{function}StreamAge",
                    metric(
                        "AWS/Lambda", "IteratorAge", "Maximum", FunctionName=mapping.function_name
                    ),
                    Condition(limit.to_milliseconds()),
                    f"{function} lags behind its stream or fails on it; after 23 hours records go "
                    "to its failure bucket. Look at the function's log; once it works again it "
                    "catches up by itself, and `make resync` brings what the stream no longer has.",
                )
            else:
                queue = _queue_of(mapping, watched)
                name = Fn.select(5, Fn.split(":", queue.queue_arn))
                self.add(
                    f"{queue.node.id}QueueAge",
                    metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", QueueName=name),
                    Condition(limit.to_seconds()),
                    f"Messages wait too long for {function}. Either it fails (look at its log) or "
                    "runs wait for room: see `make runs`, and the setting runs_at_once.",
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
                    ONCE,
                    "A message was given up and lies in a dead-letter queue, for 14 days. Read it "
                    "there, mend the cause, then `make sweep`: it dispatches whatever no run has "
                    "taken. A vendor's file is taken up by SQS's own redrive of that queue.",
                )

    def on_runs(self, pipeline: PipelineStack) -> None:
        """How runs end. Three metrics and not one sum, so that the e-mail says which."""
        self._on_endings(
            "Runs",
            pipeline.promotion.machine,
            "A run did not succeed. Nothing is lost: what it did not publish waits in raw. "
            "`make runs` lists them, `make run RUN=…` says what failed; mend it, then "
            "`make redrive`.",
        )
        self.add(
            "RunsExhausted",
            own(self.settings, RUNS_EXHAUSTED, "Sum"),
            ONCE,
            "All attempts of a run have failed, and the sweeper starts no more. `make run RUN=…` "
            "says why; mend it, then `make redrive`.",
        )
        self.add(
            "RunsUnbalanced",
            own(self.settings, RUNS_UNBALANCED, "Sum"),
            ONCE,
            "A run's counts do not agree: rows were lost or counted twice, so the run failed. This "
            "is a defect of the pipeline, not of the data. Keep runs/<run>/ for the report; "
            "`make replay` shows whether gold is whole.",
        )

    def on_backfills(self, pipeline: PipelineStack) -> None:
        """How backfills end. One that is begun anew does what this one left."""
        self._on_endings(
            "Backfills",
            pipeline.backfills,
            "A backfill did not promote all of its portions. Its error names them; `make runs "
            "FAILED=1` lists their runs. Mend it, `make redrive`, then the same `make backfill` "
            "again.",
        )

    def on_pulls(self, ingest: IngestStack) -> None:
        """How pulls end. A later one fetches what this one did not."""
        self._on_endings(
            "Pulls",
            ingest.machine,
            "A pull did not succeed. Its execution says which of its resources failed and why; the "
            "others were fetched. Mend it, then start the pull once more, or wait for its time: it "
            "goes on where it was.",
        )

    def _on_endings(self, name: str, machine: sfn.StateMachine, says: str) -> None:
        endings = {
            "Failed": machine.metric_failed,
            "TimedOut": machine.metric_timed_out,
            "Aborted": machine.metric_aborted,
        }
        for ending, of_machine in endings.items():
            self.add(f"{name}{ending}", of_machine(period=MINUTE, statistic="Sum"), ONCE, says)

    def on_data(self) -> None:
        """What the watch judges. It speaks every five minutes; if it falls silent, that alarms."""
        settings = self.settings
        self.add(
            "GoldLag",
            own(settings, GOLD_LAG, "Maximum", FIVE_MINUTES),
            Condition(settings.alarm_gold_lag_minutes * 60, periods=2, missing=MISSING),
            "A checkout has been missing in gold for too long, or nobody knows, since the watch "
            "function is silent. Look at the ages of stream and queue, then at `make runs`; "
            "`make sweep` takes up what lies in raw.",
        )
        self.add(
            "QuarantinedPercent",
            own(settings, QUARANTINED_PERCENT, "Maximum", FIVE_MINUTES),
            Condition(settings.alarm_quarantined_percent, periods=1),
            "Too many of the last hour's records were set aside. `make runs` shows which run, "
            "`make run RUN=…` the reasons; the records are under quarantine/, each with its own.",
        )

    def on_api(self, shop: ShopStack) -> None:
        settings = self.settings
        self.add(
            "ApiErrors",
            metric("AWS/ApiGateway", "5xx", "Sum", FIVE_MINUTES, ApiId=shop.api.api_id),
            Condition(settings.alarm_api_errors, periods=1),
            "The API answered with errors of its own. Its function's log has each with a trace; "
            "a checkout that was answered so may be repeated with its Idempotency-Key.",
        )
        self.add(
            "ApiLatency",
            metric("AWS/ApiGateway", "Latency", "p95", FIVE_MINUTES, ApiId=shop.api.api_id),
            Condition(settings.alarm_api_p95_ms),
            "One request in twenty is slower than the setting alarm_api_p95_ms allows. Cold "
            "starts, a slow DynamoDB or conflicts on one item: its traces in X-Ray tell.",
        )
        self.add(
            "ApiThrottles",
            shop.function.metric_throttles(period=MINUTE, statistic="Sum"),
            Condition(1),
            "Requests are refused, since the account's concurrent functions are used up. Raise "
            "Lambda's quota, or lower map_concurrency and runs_at_once.",
        )

    def on_loads(self, pipeline: PipelineStack) -> None:
        """Lambda's own count of errors: it has time-outs too, which a function cannot report."""
        load = pipeline.promotion.functions["Load"]
        self.add(
            "LoadErrors",
            load.metric_errors(period=FIVE_MINUTES, statistic="Sum"),
            Condition(LOAD_ERRORS, periods=1),
            "Loads into the warehouse fail. Gold is up to date all the same. Look at the load "
            "function's log; runs that gave up load again with `make redrive` once the warehouse "
            "is back.",
        )


def _of(stack: Stack, kind: type[T]) -> Iterator[T]:
    return (each for each in stack.node.find_all() if isinstance(each, kind))


def _function_of(mapping: lambda_.CfnEventSourceMapping) -> str:
    """The function's id: `Functions/<function>/<mapping>/Resource`."""
    return mapping.node.path.split("/")[-3]


def _queue_of(mapping: lambda_.CfnEventSourceMapping, stack: Stack) -> sqs.Queue:
    """The queue that it takes messages from, of this stack."""
    arn = stack.resolve(mapping.event_source_arn)
    [queue] = (each for each in _of(stack, sqs.Queue) if stack.resolve(each.queue_arn) == arn)
    return queue
