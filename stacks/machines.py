"""State machines: each from its file, traced and logged, allowed to call its functions alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Aws, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

    from stacks.lake import LakeStack

DEFINITIONS = Path(__file__).parent.parent / "state_machines"


def definition_file(name: str) -> Path:
    return DEFINITIONS / f"{name}.asl.json"


def add_machine(
    scope: Construct,
    construct_id: str,
    *,
    name: str,
    definition: str,
    functions: Mapping[str, lambda_.Function],
    substitutions: Mapping[str, str],
) -> sfn.StateMachine:
    """`definition` is its file's name; `functions` by their names in it."""
    machine = sfn.StateMachine(
        scope,
        construct_id,
        state_machine_name=name,
        definition_body=sfn.DefinitionBody.from_file(str(definition_file(definition))),
        definition_substitutions={
            "Partition": Aws.PARTITION,
            **{step: each.function_arn for step, each in functions.items()},
            **substitutions,
        },
        tracing_enabled=True,
        logs=sfn.LogOptions(
            destination=logs.LogGroup(
                scope,
                f"{construct_id}Log",
                log_group_name=f"/aws/vendedlogs/states/{name}",
                retention=logs.RetentionDays.ONE_MONTH,
                removal_policy=RemovalPolicy.DESTROY,
            ),
            level=sfn.LogLevel.ALL,
        ),
    )
    machine.add_to_role_policy(
        iam.PolicyStatement(
            actions=["lambda:InvokeFunction"],
            resources=[each.function_arn for each in functions.values()],
        )
    )
    return machine


def allow_distributed_maps(
    scope: Construct, policy_id: str, machine: sfn.StateMachine, *, lake: LakeStack
) -> None:
    """They read their items under `runs/`, and start children as executions of their own machine.

    The children's statements stand in a policy of their own, since the machine depends on its
    role's default policy.
    """
    machine.add_to_role_policy(
        iam.PolicyStatement(
            actions=["s3:GetObject"], resources=[lake.bucket.arn_for_objects("runs/*")]
        )
    )
    lake.key.grant_decrypt(machine)
    iam.Policy(
        scope,
        policy_id,
        statements=[
            iam.PolicyStatement(
                actions=["states:StartExecution"], resources=[machine.state_machine_arn]
            ),
            iam.PolicyStatement(
                actions=["states:DescribeExecution", "states:StopExecution"],
                resources=[executions(machine, "/*")],
            ),
        ],
        roles=[machine.role],
    )


def executions(machine: sfn.StateMachine, pattern: str, *, of: str = "execution") -> str:
    """ARN of executions: behind `:` the machine's own, behind `/` a map's children."""
    return Stack.of(machine).format_arn(
        service="states",
        resource=of,
        resource_name=f"{machine.state_machine_name}{pattern}",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
