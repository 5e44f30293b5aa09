"""The state machine that promotes history in portions, and the function of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Stack

from stacks.functions import Room
from stacks.machines import add_machine, allow_distributed_maps

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_stepfunctions as sfn

    from stacks.lake import LakeStack
    from stacks.settings import Settings

BACKFILL = Room(
    handler="dispatch.backfiller", bundle="api", rooms=["dispatch"], memory=1024, timeout=900
)
LOOK_SECONDS = 5
"""Between two looks at a portion's runs."""


def add_backfill(
    stack: Stack, function: lambda_.Function, *, settings: Settings, lake: LakeStack
) -> sfn.StateMachine:
    """`function` may do what starting runs takes."""
    machine = add_machine(
        stack,
        "BackfillMachine",
        name=f"{settings.name}-backfill",
        definition="backfill",
        functions={"Backfill": function},
        substitutions={"Bucket": lake.bucket.bucket_name, "LookSeconds": str(LOOK_SECONDS)},
    )
    allow_distributed_maps(stack, "BackfillMap", machine, lake=lake)
    CfnOutput(stack, "BackfillMachineArn", value=machine.state_machine_arn)
    return machine
