"""The pipeline: what turns a change in the shop into a run of the promotion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from lambdas.lake.layout import CAPTURED, RAW
from stacks.access import LIST_VERSIONS, allow_listing, allow_prefixes, allow_to_miss
from stacks.backfill import BACKFILL, add_backfill
from stacks.erasure import add_erasure
from stacks.failures import CaptureFailures, DeadLetters
from stacks.functions import Functions, Room
from stacks.imports import Imports
from stacks.promotion import READ, WRITE, Promotion
from stacks.queues import add_queue, announce_objects, take_messages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import Construct

    from stacks.bundling import Bundler
    from stacks.lake import LakeStack
    from stacks.settings import Settings
    from stacks.shop import ShopStack

CAPTURE = Room(handler="capture.handler", bundle="api", rooms=["capture"], memory=1024, timeout=120)
DISPATCH = Room(
    handler="dispatch.handler", bundle="api", rooms=["dispatch"], memory=1024, timeout=120
)
SWEEP = Room(handler="dispatch.sweeper", bundle="api", rooms=["dispatch"], memory=1024, timeout=600)
OPERATE = Room(
    handler="dispatch.operate", bundle="api", rooms=["dispatch"], memory=1024, timeout=600
)
RESYNC = Room(handler="resync.handler", bundle="api", rooms=["resync", "capture"], timeout=600)
REPLAY = Room(
    handler="publish.replay_handler", bundle="lake", rooms=["publish"], memory=3008, timeout=600
)
WATCH = Room(handler="watch.handler", bundle="api", rooms=["watch"])
FAILED = Room(handler="record.failed", bundle="api", rooms=["record"])

STREAM_AGE_HOURS = 23
"""DynamoDB keeps stream records for 24 hours: what is older goes to the failure destination."""
FAILURES_DAYS = 90
"""How long records that capture gave up are kept: time to see the alarm and to resync."""
WATCH_MINUTES = 5
"""As often as the metrics that it emits are looked at by alarms."""
FAILED_STATES = ["FAILED", "TIMED_OUT", "ABORTED"]


class PipelineStack(Stack):
    """Capture, dispatch with its sweeper, the promotion, and the operator's functions."""

    def __init__(
        self,
        scope: Construct,
        stack_id: str,
        *,
        settings: Settings,
        lake: LakeStack,
        shop: ShopStack,
        bundler: Bundler,
    ) -> None:
        super().__init__(scope, stack_id, description="Samn's Mercado: the way of a record to gold")
        self.settings = settings
        self.lake = lake
        self.functions = Functions(self, settings, bundler)
        self.promotion = Promotion(self, settings=settings, lake=lake, functions=self.functions)
        self.control = self._control_table()
        self.dead_letters = add_queue(self, "DeadLetters", timeout=DISPATCH.timeout)
        failures = self._capture(shop)
        self._dispatch()
        self._sweep()
        self._watch()
        self.imports = Imports(self, lake=lake, shop=shop, functions=self.functions)
        self._operate(shop)
        self._backfill()
        self._record_failures()
        add_erasure(
            self,
            self.functions,
            lake=lake,
            failures=failures,
            shop=shop.table,
            control=self.control,
        )
        CfnOutput(self, "LakeBucket", value=lake.bucket.bucket_name)
        CfnOutput(self, "StateMachineArn", value=self.promotion.machine.state_machine_arn)
        CfnOutput(self, "DeadLetterQueueUrl", value=self.dead_letters.queue_url)

    def _control_table(self) -> dynamodb.Table:
        """Which raw object version belongs to which run: the claims that make dispatch exact."""
        return dynamodb.Table(
            self,
            "Control",
            partition_key=dynamodb.Attribute(name="PK", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="expires_at",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            deletion_protection=not self.settings.destroy_data,
            removal_policy=(
                RemovalPolicy.DESTROY if self.settings.destroy_data else RemovalPolicy.RETAIN
            ),
        )

    def _capture(self, shop: ShopStack) -> s3.Bucket:
        """DynamoDB stream -> raw: no record can make it fail, so it is retried forever."""
        failures = s3.Bucket(
            self,
            "CaptureFailures",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.lake.key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            removal_policy=(
                RemovalPolicy.DESTROY if self.settings.destroy_data else RemovalPolicy.RETAIN
            ),
            auto_delete_objects=self.settings.destroy_data,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="expire",
                    expiration=Duration.days(FAILURES_DAYS),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
        )
        self.lake.log_access_to(failures, "capture-failures")
        capture = self.functions.add(
            "Capture", CAPTURE, {"LAKE_BUCKET": self.lake.bucket.bucket_name}
        )
        allow_prefixes(capture, self.lake, {"raw/": (WRITE,)})
        capture.add_event_source(
            sources.DynamoEventSource(
                shop.table,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=1000,
                max_batching_window=Duration.seconds(self.settings.batching_seconds),
                retry_attempts=-1,
                max_record_age=Duration.hours(STREAM_AGE_HOURS),
                bisect_batch_on_error=False,
                on_failure=CaptureFailures(failures, self.lake),
            )
        )
        return failures

    def _dispatch(self) -> None:
        """Raw objects -> runs, by way of queues that coalesce a burst.

        EventBridge cannot say "all of these but those": what the API changed is announced in both
        queues, and taken from its own, where it waits for no file.
        """
        self.dispatch = self.functions.add("Dispatch", DISPATCH, self._dispatch_environment())
        self._allow_dispatch(self.dispatch)
        changes = self._dispatched(
            "Changes", CAPTURED, "What the API changed is to be promoted, before any file"
        )
        self._dispatched("RawObjects", [RAW], "Every object version under raw/ is to be promoted")
        self.dispatch.add_environment("CHANGES_QUEUE_ARN", changes.queue_arn)

    def _dispatched(self, name: str, prefixes: Iterable[str], why: str) -> sqs.Queue:
        """The queue of this name: it announces what is created under the prefixes."""
        queue = add_queue(self, name, timeout=DISPATCH.timeout, dead_letters=self.dead_letters)
        rule = announce_objects(
            self,
            f"{name.removesuffix('s')}Created",
            of=(self.lake.bucket, prefixes),
            to=queue,
            dead_letters=self.dead_letters,
            description=why,
        )
        self.dispatch.node.add_dependency(rule)
        take_messages(
            self.dispatch,
            queue,
            batch_size=1000,
            window=Duration.seconds(self.settings.batching_seconds),
            report_failures=True,
            max_concurrency=self.settings.dispatch_concurrency,
        )
        return queue

    def _sweep(self) -> None:
        """Finds raw objects that no run has taken, at an interval."""
        sweep = self.functions.add("Sweep", SWEEP, self._dispatch_environment())
        self._allow_sweeps(sweep)
        sweep.configure_async_invoke(on_failure=DeadLetters(self.dead_letters))
        events.Rule(
            self,
            "SweepSchedule",
            schedule=events.Schedule.rate(Duration.minutes(self.settings.sweep_minutes)),
            targets=[targets.LambdaFunction(sweep, dead_letter_queue=self.dead_letters)],
        )

    def _watch(self) -> None:
        """Judges, at an interval, what no single metric tells: see lambdas/watch."""
        watch = self.functions.add("Watch", WATCH, {})
        # CloudWatch's metrics are no resources: whoever may read one may read all.
        watch.add_to_role_policy(
            iam.PolicyStatement(actions=["cloudwatch:GetMetricData"], resources=["*"])
        )
        watch.configure_async_invoke(on_failure=DeadLetters(self.dead_letters))
        events.Rule(
            self,
            "WatchSchedule",
            schedule=events.Schedule.rate(Duration.minutes(WATCH_MINUTES)),
            targets=[targets.LambdaFunction(watch, dead_letter_queue=self.dead_letters)],
        )
        CfnOutput(self, "WatchFunction", value=watch.function_name)

    def _operate(self, shop: ShopStack) -> None:
        """What operators call: redrive, replay, resync."""
        operate = self.functions.add("Operate", OPERATE, self._dispatch_environment())
        self._allow_sweeps(operate)
        resync = self.functions.add(
            "Resync",
            RESYNC,
            {
                "LAKE_BUCKET": self.lake.bucket.bucket_name,
                "TABLE_NAME": shop.table.table_name,
            },
        )
        allow_prefixes(resync, self.lake, {"raw/": (WRITE,)})
        shop.allow_scan(resync)
        replay = self.functions.add("Replay", REPLAY, {"LAKE_BUCKET": self.lake.bucket.bucket_name})
        allow_prefixes(
            replay,
            self.lake,
            {
                "work/replay/": (READ,),
                "work/state/": (READ, WRITE),
                "gold/": (READ, WRITE),
                "runs/": (READ, WRITE),
            },
        )
        allow_to_miss(replay, self.lake)
        load = self.promotion.functions["Load"]
        commands = {"Operate": operate, "Resync": resync, "Replay": replay, "Load": load}
        for name, function in commands.items():
            CfnOutput(self, f"{name}Function", value=function.function_name)

    def _backfill(self) -> None:
        """Promotes history in portions, beside what comes meanwhile."""
        function = self.functions.add("Backfill", BACKFILL, self._dispatch_environment())
        self._allow_starting(function)
        self.backfills = add_backfill(self, function, settings=self.settings, lake=self.lake)
        self.backfills.grant(self.dispatch, "states:ListExecutions")
        self.dispatch.add_environment("BACKFILL_MACHINE_ARN", self.backfills.state_machine_arn)

    def _record_failures(self) -> None:
        """Writes down why a run failed; the execution itself may be gone in 90 days."""
        failed = self.functions.add("Failed", FAILED, {"LAKE_BUCKET": self.lake.bucket.bucket_name})
        allow_prefixes(failed, self.lake, {"runs/": (READ, WRITE)})
        allow_to_miss(failed, self.lake)
        self.promotion.allow_explaining(failed)
        failed.configure_async_invoke(on_failure=DeadLetters(self.dead_letters))
        events.Rule(
            self,
            "RunFailed",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "stateMachineArn": [self.promotion.machine.state_machine_arn],
                    "status": FAILED_STATES,
                },
            ),
            targets=[targets.LambdaFunction(failed, dead_letter_queue=self.dead_letters)],
        )

    def _dispatch_environment(self) -> dict[str, str]:
        return {
            "LAKE_BUCKET": self.lake.bucket.bucket_name,
            "CONTROL_TABLE": self.control.table_name,
            "STATE_MACHINE_ARN": self.promotion.machine.state_machine_arn,
            "MAX_RUNNING": str(self.settings.runs_at_once),
        }

    def _allow_sweeps(self, function: lambda_.Function) -> None:
        """To start runs of what nobody has claimed yet."""
        self._allow_dispatch(function)
        self.control.grant(function, "dynamodb:BatchGetItem")

    def _allow_dispatch(self, function: lambda_.Function) -> None:
        """To start runs, as soon as there is room for them."""
        self._allow_starting(function)
        self.promotion.allow_listing(function)

    def _allow_starting(self, function: lambda_.Function) -> None:
        """What starting runs takes: claims, manifests, executions."""
        allow_prefixes(function, self.lake, {"runs/": (READ, WRITE)})
        allow_to_miss(function, self.lake)
        allow_listing(function, self.lake, "raw/", action=LIST_VERSIONS)
        self.control.grant(function, "dynamodb:UpdateItem")
        self.promotion.allow_starting(function)
