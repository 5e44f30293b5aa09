"""What a pull file says of a PostgreSQL database and its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from lambdas.ingest.pulls.said import Duration, Name, Names, Secret, Slug, Strict

if TYPE_CHECKING:
    from typing import Self


class Table(Strict):
    """One table or view."""

    into: Slug = Field(description="The mapping that reads its rows: `sources/<into>.yaml`.")
    schema_: Name = Field(default="public", alias="schema", description="Where the table is.")
    table: Name | None = Field(
        default=None, description="Its name, where it is not the one that it has here."
    )
    key: Names = Field(description="Columns that tell rows apart, and none of which is NULL.")
    mode: Literal["incremental", "full"] = Field(
        description="`incremental`: rows whose cursor has moved; `full`: a snapshot of all rows, "
        "for small tables, of which what changed is written and what is gone becomes a tombstone."
    )
    cursor: Name | None = Field(
        default=None,
        description="Of `incremental`: a column that only grows, a time of the last change or a "
        "whole number that a sequence gives. Needs an index.",
    )
    lag: Duration | Annotated[int, Field(ge=0)] | None = Field(
        default=None,
        description="How far behind the database's clock a pull stays, so that rows that commit "
        "late are not passed over: `1m`, as without this; for a whole number so many numbers "
        "behind the highest one, without this none.",
    )
    overlap: Duration | Annotated[int, Field(ge=0)] | None = Field(
        default=None,
        description="How much each pull reads again, for rows that commit later than that: `10m`, "
        "as without this; for a whole number so many numbers, without this 1,000.",
    )
    dated: Name | None = Field(
        default=None,
        description="The column of times that a window of days goes by. Without this: the cursor.",
    )
    timezone: Name = Field(
        default="UTC",
        description="IANA name of the zone whose clock columns of times without a zone show.",
    )
    columns: Names | None = Field(
        default=None,
        description="Only these, beside key and cursor. Without this: all that there are.",
    )
    where: Name | None = Field(default=None, description="SQL over its columns: only such rows.")

    @property
    def name(self) -> str:
        """Its name in the database. Raises ValueError before it is `named`."""
        if self.table is None:
            raise ValueError("it has no name yet")
        return self.table

    def named(self, resource: str) -> Table:
        """With the name that it has in the database."""
        return self.model_copy(update={"table": self.table or resource})

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.mode == "incremental" and self.cursor is None:
            raise ValueError("an incremental table needs a `cursor`")
        given = {"cursor": self.cursor, "lag": self.lag, "overlap": self.overlap}
        unused = [name for name, value in given.items() if value is not None]
        if self.mode == "full" and unused:
            raise ValueError(f"a full table has no `{unused[0]}`")
        return self


class Postgres(Strict):
    """A database. The connection is always encrypted, and the server's certificate verified."""

    secret: Secret = Field(
        description="Name of the secret in Secrets Manager: JSON with `username`, `password`, and "
        "`host`, `port` and `dbname` where they are not said here, as RDS writes it; `ca` is the "
        "certificate that the server's goes back to, as PEM, where no public one signed it."
    )
    host: Name | None = Field(default=None, description="Where it is, unless the secret says it.")
    port: Annotated[int, Field(ge=1, le=65_535)] | None = Field(
        default=None, description="Without this and in the secret: 5432."
    )
    database: Name | None = Field(default=None, description="Its name, unless the secret says it.")
    tables: dict[Slug, Table] = Field(min_length=1, description="By name.")

    @property
    def resources(self) -> dict[str, Table]:
        return self.tables

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.secret,)
