"""A deployment in an AWS account, reached by a profile and found by its stacks' names."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from local.deployment import NoCloudError
from stacks.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.config import Config

NEEDED, OPTIONAL = ("Lake", "Shop", "Pipeline"), ("People", "Warehouse")
"""The stacks of a deployment; its name, capitalized, stands before each."""


@dataclass(frozen=True)
class Account:
    """`Deployment` in the account of `profile`, looked up once."""

    profile: str
    settings: Settings
    number: str
    outputs: Mapping[str, str]
    session: boto3.Session = field(repr=False)

    @classmethod
    def find(cls, profile: str, region: str | None, name: str) -> Account:
        """Raises NoCloudError, SettingError for a name that none can have, and boto3's errors."""
        settings = Settings(name=name)
        session = boto3.Session(profile_name=profile, region_name=region)
        if session.region_name is None:
            raise NoCloudError(f"profile {profile} names no region: add REGION=eu-west-1 or alike")
        number = session.client("sts").get_caller_identity()["Account"]
        return cls(profile, settings, number, _outputs(session, settings.name), session)

    @property
    def where(self) -> str:
        """With the address, if that is not AWS itself: a variable may have set it unnoticed."""
        address = self.client("cloudformation").meta.endpoint_url
        elsewhere = "" if ".amazonaws.com" in address else f", at {address}"
        return (
            f"account {self.number} (profile {self.profile}, {self.session.region_name}"
            f"{elsewhere}), deployment {self.settings.name}"
        )

    def client(self, service: str, config: Config | None = None) -> Any:
        return self.session.client(service, config=config)  # type: ignore[call-overload]  # any service

    def acting(self, credentials: Mapping[str, Any]) -> Account:
        """With the profile's other settings; credentials that are given win over its own."""
        session = boto3.Session(
            profile_name=self.session.profile_name,
            region_name=self.session.region_name,
            **credentials,
        )
        return replace(self, session=session)


def _outputs(session: boto3.Session, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in (*NEEDED, *OPTIONAL):
        outputs = _stack_outputs(session, f"{name.capitalize()}{part}")
        if outputs is None and part in NEEDED:
            raise NoCloudError(
                f"profile {session.profile_name} sees no stack {name.capitalize()}{part} in "
                f"{session.region_name}: NAME is the deployment's mercado:name, REGION its region"
            )
        found |= outputs or {}
    return found


def _stack_outputs(session: boto3.Session, stack: str) -> dict[str, str] | None:
    """None if there is no such stack."""
    try:
        [described] = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
