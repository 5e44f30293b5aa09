"""Ingest: what is fetched from databases and APIs, at whose times, and with which secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from aws_cdk import ArnFormat, CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_stepfunctions as sfn

from lambdas.ingest.pulls import load_named
from lambdas.lake.layout import INGEST, pulled_key
from stacks.access import allow_prefixes, allow_to_miss
from stacks.functions import Functions, Room
from stacks.machines import add_machine
from stacks.promotion import DELETE, READ, WRITE
from stacks.queues import add_queue

if TYPE_CHECKING:
    from constructs import Construct

    from lambdas.ingest.pulls import Pull
    from stacks.bundling import Bundler
    from stacks.lake import LakeStack
    from stacks.settings import Settings

PULL = Room(
    handler="ingest.handler",
    bundle="ingest",
    rooms=["ingest"],
    beside=["sources/pulls", "sql/ingest"],
    memory=1769,
    timeout=900,
    disk=4096,  # the rows of a snapshot, sorted
)
AT_ONCE = 4
"""Resources of one run: each is a connection to somebody's database, or a client of their API."""
VERSIONED = "-??????"
"""Secrets Manager ends a secret's ARN with six characters that it makes up."""
IN_A_NETWORK = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
)


class IngestStack(Stack):
    """Function, state, state machine, and a schedule for each pull that has one."""

    def __init__(
        self,
        scope: Construct,
        stack_id: str,
        *,
        settings: Settings,
        lake: LakeStack,
        bundler: Bundler,
    ) -> None:
        super().__init__(scope, stack_id, description="Samn's Mercado: pulls of other sources")
        self.settings = settings
        self.pulls = load_named(settings.pulled)
        self.functions = Functions(self, settings, bundler)
        self.states = self._state_table()
        self.function = self._function(lake)
        self.machine = self._machine()
        self.dead_letters = add_queue(self, "UnstartedPulls", timeout=PULL.timeout)
        self._schedules()
        CfnOutput(self, "PullMachineArn", value=self.machine.state_machine_arn)

    def _state_table(self) -> dynamodb.Table:
        """How far each resource has come."""
        destroyed = self.settings.destroy_data
        return dynamodb.Table(
            self,
            "States",
            partition_key=dynamodb.Attribute(name="PK", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            deletion_protection=not destroyed,
            removal_policy=RemovalPolicy.DESTROY if destroyed else RemovalPolicy.RETAIN,
        )

    def _function(self, lake: LakeStack) -> lambda_.Function:
        """It may write where its pulls say, and read their secrets."""
        function = self.functions.add(
            "Pull",
            PULL,
            {
                "LAKE_BUCKET": lake.bucket.bucket_name,
                "STATE_TABLE": self.states.table_name,
                "PULLS": ",".join(self.settings.pulled),
            },
        )
        into = {
            pulled_key(each.into, pull.name, name, ""): (READ, WRITE)
            for pull in self.pulls
            for name, each in pull.resources.items()
        }
        own = {f"{INGEST}{pull.name}/": (READ, WRITE, DELETE) for pull in self.pulls}
        allow_prefixes(function, lake, {**into, **own})
        allow_to_miss(function, lake)
        self.states.grant(function, "dynamodb:GetItem", "dynamodb:PutItem")
        secrets = sorted({name for pull in self.pulls for name in pull.source.secrets})
        if secrets:
            function.add_to_role_policy(
                iam.PolicyStatement(
                    actions=["secretsmanager:GetSecretValue"],
                    resources=[self._secret(name) for name in secrets],
                )
            )
        if self.settings.subnets:
            self._join_network(function)
        return function

    def _secret(self, name: str) -> str:
        return self.format_arn(
            service="secretsmanager",
            resource="secret",
            resource_name=f"{name}{VERSIONED}",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )

    def _join_network(self, function: lambda_.Function) -> None:
        """Its interfaces are made by Lambda with the function's own role; EC2 names them."""
        resource = cast("lambda_.CfnFunction", function.node.default_child)
        resource.vpc_config = lambda_.CfnFunction.VpcConfigProperty(
            subnet_ids=self.settings.subnets, security_group_ids=self.settings.security_groups
        )
        function.add_to_role_policy(
            iam.PolicyStatement(actions=list(IN_A_NETWORK), resources=["*"])
        )

    def _machine(self) -> sfn.StateMachine:
        return add_machine(
            self,
            "PullMachine",
            name=f"{self.settings.name}-pull",
            definition="pull",
            functions={"Pull": self.function},
            substitutions={"PullConcurrency": str(AT_ONCE)},
        )

    def _schedules(self) -> None:
        """A role of their own, which may start this machine and nothing else."""
        role = iam.Role(
            self,
            "Schedules",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            ),
            description="Starts pulls at their times",
        )
        self.machine.grant_start_execution(role)
        self.dead_letters.grant(role, "sqs:SendMessage")
        for pull in self.pulls:
            if pull.schedule:
                self._schedule(pull, pull.schedule, role)

    def _schedule(self, pull: Pull, expression: str, role: iam.Role) -> None:
        scheduler.CfnSchedule(
            self,
            f"Schedule-{pull.name}",
            name=f"{self.settings.name}-{pull.name}",
            description=f"Starts the pull {pull.name}",
            schedule_expression=expression,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=self.machine.state_machine_arn,
                role_arn=role.role_arn,
                input=json.dumps({"pull": pull.name}),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                    arn=self.dead_letters.queue_arn
                ),
            ),
        )
