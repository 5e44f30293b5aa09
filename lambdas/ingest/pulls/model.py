"""What a pull file may say, of whatever kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from pydantic import Field, model_validator

from lambdas.ingest.pulls.postgres import Postgres
from lambdas.ingest.pulls.rest import Rest
from lambdas.ingest.pulls.said import Strict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

KINDS = ("postgres", "rest")
SCHEDULE = re.compile(r"rate\([1-9]\d* (minutes?|hours?|days?)\)|cron\([^()]+\)")


class Resource(Protocol):
    """One table or endpoint; `into` is the mapping that reads what comes of it."""

    @property
    def into(self) -> str: ...


class Source(Protocol):
    """What every kind of pull says; `secrets` are names of Secrets Manager's."""

    @property
    def resources(self) -> Mapping[str, Resource]: ...

    @property
    def secrets(self) -> tuple[str, ...]: ...


class Pull(Strict):
    """One source that is fetched: it has one of `postgres` and `rest`."""

    name: str = Field(exclude=True, description="The file's name.")
    description: str = Field(default="", description="Whose data it is, for people.")
    schedule: str | None = Field(
        default=None,
        pattern=f"^({SCHEDULE.pattern})$",
        description="When it is pulled, in UTC, as EventBridge Scheduler has it: "
        "`rate(15 minutes)`, `cron(0 4 * * ? *)`. Without this: by hand only.",
    )
    postgres: Postgres | None = Field(default=None, description="A PostgreSQL database.")
    rest: Rest | None = Field(default=None, description="An API that answers in JSON.")

    @model_validator(mode="after")
    def _of_one_kind(self) -> Self:
        if sum(getattr(self, kind) is not None for kind in KINDS) != 1:
            raise ValueError(f"a pull has one of {', '.join(KINDS)}")
        return self

    @property
    def kind(self) -> str:
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def source(self) -> Source:
        """What its kind says."""
        found: Source = getattr(self, self.kind)
        return found

    @property
    def resources(self) -> Mapping[str, Resource]:
        """What is fetched, by name."""
        return self.source.resources
