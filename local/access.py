"""How to reach a laptop cloud: the environment for boto3, the aws and CDK CLIs, and clients."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from local.deployment import NoCloudError
from stacks.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.config import Config

FUNCTION_VARIABLES = "MERCADO_FUNCTION_VARIABLES"
SETTINGS = "MERCADO_SETTINGS"
"""How a cloud tells its CDK app what to add to every function, and which settings to take."""

REGION = "us-east-1"
ACCOUNT = "000000000000"
ROOT_KEY = "test"
"""The emulator's root has this as both halves of its key pair."""


@dataclass(frozen=True)
class Access:
    """`Deployment` on the laptop: addresses of a running cloud, and its stacks' outputs."""

    endpoint: str
    warehouse: str
    certificate: str
    outputs: dict[str, str]
    credentials: dict[str, Any] = field(default_factory=dict, repr=False)
    """Arguments of `boto3.Session`; without them, the account's root asks."""

    @property
    def where(self) -> str:
        return f"the laptop's cloud at {self.endpoint}"

    @property
    def settings(self) -> Settings:
        return Settings()

    @property
    def api_url(self) -> str:
        return f"{self.endpoint}/_aws/execute-api/{self.outputs['ApiId']}/$default"

    @property
    def environment(self) -> dict[str, str]:
        """What boto3, the aws CLI and the CDK CLI need to reach this cloud as its root."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ENDPOINT_URL_REDSHIFT_DATA": self.warehouse,
            "AWS_CA_BUNDLE": self.certificate,
            "NODE_EXTRA_CA_CERTS": self.certificate,
            "AWS_ACCESS_KEY_ID": ROOT_KEY,
            "AWS_SECRET_ACCESS_KEY": ROOT_KEY,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "CDK_DEFAULT_ACCOUNT": ACCOUNT,
            "CDK_DEFAULT_REGION": REGION,
        }

    @cached_property
    def session(self) -> boto3.Session:
        root = {"aws_access_key_id": ROOT_KEY, "aws_secret_access_key": ROOT_KEY}
        return boto3.Session(region_name=REGION, **(self.credentials or root))

    def client(self, service: str, config: Config | None = None) -> Any:
        """A boto3 client as the account's root, or with the credentials given."""
        endpoint = self.warehouse if service == "redshift-data" else self.endpoint
        return self.session.client(  # type: ignore[call-overload]  # any service
            service, endpoint_url=endpoint, verify=self.certificate, config=config
        )

    def acting(self, credentials: Mapping[str, Any]) -> Access:
        return replace(self, credentials=dict(credentials))

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self), indent=2))

    @classmethod
    def read(cls, file: Path) -> Access:
        if not file.exists():
            raise NoCloudError("no laptop cloud is running: start one with `make cloud`")
        return cls(**json.loads(file.read_text()))


def process_environment(extra: dict[str, str]) -> dict[str, str]:
    """The environment of this process, without its own AWS settings and with the extra ones."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    path = os.pathsep.join((str(Path(sys.prefix) / "bin"), mine.get("PATH", "")))
    return {**mine, "PATH": path, **extra}
