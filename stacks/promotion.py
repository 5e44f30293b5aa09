"""The promotion: the state machine that moves a run's data zone by zone, and its functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.access import allow_listing, allow_prefixes, allow_to_miss
from stacks.functions import Functions, Room
from stacks.machines import add_machine, allow_distributed_maps, executions

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_stepfunctions as sfn

    from stacks.lake import LakeStack
    from stacks.settings import Settings

READ, WRITE, DELETE = "s3:GetObject", "s3:PutObject", "s3:DeleteObject"
READ_VERSION = "s3:GetObjectVersion"


@dataclass(frozen=True)
class Step:
    """One function of the promotion and the only S3 actions that it may do, by key prefix.

    `may_miss`: it asks for objects that may not be there.
    """

    room: Room
    access: dict[str, tuple[str, ...]]
    may_miss: bool = False


STEPS = {
    "Plan": Step(
        Room(handler="plan.handler", bundle="api", rooms=["plan"], memory=512),
        {"runs/": (READ, WRITE)},
    ),
    "Clean": Step(
        Room(
            handler="clean.handler",
            bundle="transform",
            rooms=["clean", "engine"],
            beside=["sql/clean", "sources"],
            memory=1769,
            timeout=270,
            disk=4096,
        ),
        {
            "raw/": (READ_VERSION,),
            "raw/*/attached/": (WRITE,),  # files that come with mails
            "cleaned/": (WRITE,),
            "quarantine/": (READ, WRITE, DELETE),
            "runs/": (READ, WRITE),
        },
        may_miss=True,
    ),
    "Conform": Step(
        Room(
            handler="conform.handler",
            bundle="transform",
            rooms=["conform", "engine"],
            beside=["sql/conform"],
            memory=3008,
            timeout=600,
            disk=4096,
        ),
        {"cleaned/": (READ,), "work/delta/": (WRITE,), "runs/": (READ, WRITE)},
    ),
    "Publish": Step(
        Room(handler="publish.handler", bundle="lake", rooms=["publish"], memory=1769, timeout=270),
        {
            "work/delta/": (READ,),
            "work/state/": (READ, WRITE),
            "work/replay/": (READ, WRITE),
            "gold/": (READ, WRITE),
            "runs/": (WRITE,),
        },
        may_miss=True,
    ),
    "Load": Step(
        Room(
            handler="load.handler",
            bundle="lake",
            rooms=["load"],
            beside=["sql/warehouse"],
            timeout=900,
        ),
        {"runs/": (READ, WRITE)},
    ),
    "Record": Step(
        Room(handler="record.handler", bundle="api", rooms=["record"], timeout=300),
        {"runs/": (READ, WRITE)},
        may_miss=True,
    ),
}


class Promotion(Construct):
    """The state machine, its functions and their permissions."""

    def __init__(
        self, scope: Construct, *, settings: Settings, lake: LakeStack, functions: Functions
    ) -> None:
        super().__init__(scope, "Promotion")
        self.functions = {
            name: functions.add(name, step.room, _environment(name, settings, lake))
            for name, step in STEPS.items()
        }
        for name, step in STEPS.items():
            allow_prefixes(self.functions[name], lake, step.access)
            if step.may_miss:
                allow_to_miss(self.functions[name], lake)
        allow_listing(self.functions["Load"], lake, "work/state/")  # for loads of all of state
        self.load_role = functions.roles["Load"]
        self.name = f"{settings.name}-promotion"
        self.machine = self._machine(settings, lake)

    def _machine(self, settings: Settings, lake: LakeStack) -> sfn.StateMachine:
        machine = add_machine(
            self,
            "Machine",
            name=self.name,
            definition="promotion",
            functions=self.functions,
            substitutions={
                "Bucket": lake.bucket.bucket_name,
                "MapConcurrency": str(settings.map_concurrency),
                "Warehouse": "true" if settings.warehouse else "false",
            },
        )
        allow_distributed_maps(self, "DistributedMap", machine, lake=lake)
        return machine

    def allow_starting(self, function: lambda_.Function) -> None:
        """What it takes of the machine: to start runs, and to see how each of them is."""
        self.machine.grant_start_execution(function)
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["states:DescribeExecution"],
                resources=[executions(self.machine, ":*")],
            )
        )

    def allow_listing(self, function: lambda_.Function) -> None:
        """To see which runs there are."""
        self.machine.grant(function, "states:ListExecutions")

    def allow_explaining(self, function: lambda_.Function) -> None:
        """What it takes to learn why an item of a distributed map failed."""
        looks = {
            "ListMapRuns": executions(self.machine, ":*"),
            "ListExecutions": executions(self.machine, "/*", of="mapRun"),
            "DescribeExecution": executions(self.machine, "/*"),
        }
        for action, resource in looks.items():
            function.add_to_role_policy(
                iam.PolicyStatement(actions=[f"states:{action}"], resources=[resource])
            )


def _environment(name: str, settings: Settings, lake: LakeStack) -> dict[str, str]:
    environment = {"LAKE_BUCKET": lake.bucket.bucket_name}
    if name == "Load":
        environment["WAREHOUSE_WORKGROUP"] = settings.warehouse_workgroup
        environment["WAREHOUSE_DATABASE"] = settings.warehouse_database
    return environment
