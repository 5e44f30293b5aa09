"""What commands ask: a deployed Mercado, on the laptop or in an AWS account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.config import Config

    from stacks.settings import Settings


class NoCloudError(Exception):
    """There is no deployment to ask; the message says what to do about it."""


class Deployment(Protocol):
    """One deployment: how it is called, what its stacks put out, and clients to reach it."""

    @property
    def where(self) -> str:
        """Which cloud this is, in words for the person who asks it."""
        ...

    @property
    def settings(self) -> Settings:
        """What the names of databases and workgroups follow from."""
        ...

    @property
    def outputs(self) -> Mapping[str, str]:
        """The outputs of all stacks, by name."""
        ...

    def client(self, service: str, config: Config | None = None) -> Any:
        """A boto3 client of the service."""
        ...

    def acting(self, credentials: Mapping[str, Any]) -> Deployment:
        """The same, asked with these arguments of `boto3.Session`."""
        ...
