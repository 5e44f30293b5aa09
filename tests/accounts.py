"""A deployment in an account, as moto has accounts: a lake, executions, and access to both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from local.account import Account
from stacks.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient

BUCKET, REGION = "mercado-lake", "eu-west-1"
DEFINITION = '{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}'


@dataclass(frozen=True)
class Deployed:
    """The deployment `mercado`, and what lies behind it."""

    s3: S3Client
    machine: SFNClient
    arn: str

    @classmethod
    def create(cls) -> Deployed:
        """Within moto's `mock_aws`."""
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        machine = boto3.client("stepfunctions", region_name=REGION)
        role = "arn:aws:iam::123456789012:role/promotion"
        created = machine.create_state_machine(
            name="mercado-promotion", definition=DEFINITION, roleArn=role
        )
        return cls(s3, machine, created["stateMachineArn"])

    def account(self) -> Account:
        outputs = {"LakeBucket": BUCKET, "StateMachineArn": self.arn}
        session = boto3.Session(region_name=REGION)
        return Account("shop", Settings(), "123456789012", outputs, session)

    def put(self, key: str, body: bytes) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def start(self, name: str) -> dict[str, Any]:
        return dict(self.machine.start_execution(stateMachineArn=self.arn, name=name))

    def stop(self, name: str) -> None:
        execution = self.arn.replace("stateMachine", "execution")
        self.machine.stop_execution(executionArn=f"{execution}:{name}")
