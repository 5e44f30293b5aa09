"""A function as all of ours are: its own role, its own bounded log, traces, one bundle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from aws_cdk import Aws, Duration, RemovalPolicy, Size
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from lambdas.contracts.metrics import NAMESPACE_VARIABLE, namespace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacks.bundling import Bundler, Role
    from stacks.settings import Settings


@dataclass(frozen=True)
class Room:
    """What a function ships beside its bundle: rooms of `lambdas/`, and folders as `sql/clean`.

    `memory` in MiB (1,769 is one whole processor), `timeout` and `disk` in seconds and MiB.
    """

    handler: str
    bundle: Role
    rooms: Sequence[str]
    beside: Sequence[str] = ()
    memory: int = 512
    timeout: int = 60
    disk: int = 512


@dataclass(frozen=True)
class Made:
    """A function and what it was made from."""

    function: lambda_.Function
    room: Room


class Functions(Construct):
    """Makes the functions of one stack; each bundle becomes one layer, shared by its functions."""

    def __init__(self, scope: Construct, settings: Settings, bundler: Bundler) -> None:
        super().__init__(scope, "Functions")
        self.settings = settings
        self.bundler = bundler
        self.layers: dict[str, lambda_.LayerVersion] = {}
        self.roles: dict[str, iam.Role] = {}
        self.tracing = iam.ManagedPolicy(
            self,
            "Tracing",
            description="Lets functions send traces: X-Ray knows no resources to name",
            statements=[
                iam.PolicyStatement(
                    actions=["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources=["*"]
                )
            ],
        )
        self.made: dict[str, Made] = {}

    def add(self, name: str, room: Room, environment: Mapping[str, str]) -> lambda_.Function:
        log_group = logs.LogGroup(
            self,
            f"{name}Log",
            retention=retention(self.settings.log_retention_days),
            removal_policy=RemovalPolicy.DESTROY,
        )
        role = iam.Role(
            self,
            f"{name}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"Execution role of {name}",
            path=_path(self.settings.name, name),
            managed_policies=[self.tracing],
        )
        log_group.grant_write(role)
        self.roles[name] = role
        function = lambda_.Function(
            self,
            name,
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            handler=f"lambdas.{room.handler}.handle",
            code=lambda_.Code.from_asset(str(self.bundler.stage_code(room.rooms, room.beside))),
            layers=[self._layer(room.bundle)],
            role=role,
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            memory_size=room.memory,
            timeout=Duration.seconds(room.timeout),
            ephemeral_storage_size=Size.mebibytes(room.disk),
            environment={
                "POWERTOOLS_SERVICE_NAME": name.lower(),
                NAMESPACE_VARIABLE: namespace(self.settings.name),
                **environment,
            },
        )
        # The construct's `tracing` would write the wildcard into each role's own policy.
        resource = cast("lambda_.CfnFunction", function.node.default_child)
        resource.tracing_config = lambda_.CfnFunction.TracingConfigProperty(mode="Active")
        self.made[name] = Made(function, room)
        return function

    def _layer(self, bundle: Role) -> lambda_.LayerVersion:
        if bundle not in self.layers:
            self.layers[bundle] = lambda_.LayerVersion(
                self,
                f"{bundle.capitalize()}Bundle",
                code=lambda_.Code.from_asset(str(self.bundler.archive(bundle))),
                compatible_architectures=[lambda_.Architecture.ARM_64],
                compatible_runtimes=[lambda_.Runtime.PYTHON_3_14],
                description=f"Dependencies of the {bundle} functions",
            )
        return self.layers[bundle]


def role_arns(deployment: str, function: str) -> str:
    """Pattern of the ARN of a function's role, for whom cannot know the function itself."""
    return f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role{_path(deployment, function)}*"


def _path(deployment: str, function: str) -> str:
    """Where in IAM a function's role is: what it ends in, CloudFormation makes up."""
    return f"/{deployment}/functions/{function}/"


def retention(days: int) -> logs.RetentionDays:
    """CloudWatch keeps logs for certain numbers of days only; the settings say which."""
    periods = {
        1: logs.RetentionDays.ONE_DAY,
        7: logs.RetentionDays.ONE_WEEK,
        30: logs.RetentionDays.ONE_MONTH,
        90: logs.RetentionDays.THREE_MONTHS,
        365: logs.RetentionDays.ONE_YEAR,
    }
    if days not in periods:
        raise ValueError(f"log_retention_days: {days} must be one of {sorted(periods)}")
    return periods[days]
