"""How far each resource of a pull has come: one small document each, advanced by one run at a time.

Whoever advances says which revision it has read. An advance is made only after what it speaks of
is in the lake, so that a run that is killed in between is made up for by the next, which puts the
same objects.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from lambdas.ingest.errors import RivalError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NEVER = 0
"""The revision of a state that nobody has written."""


@dataclass(frozen=True)
class State:
    """`said` is JSON that the kind of pull knows; empty before the first advance."""

    revision: int = NEVER
    said: dict[str, Any] = field(default_factory=dict)


class States(Protocol):
    """One state for each resource of a pull."""

    def read(self, pull: str, resource: str) -> State:
        """What was written last, by whomever."""
        ...

    def advance(self, pull: str, resource: str, seen: State, said: dict[str, Any]) -> State:
        """Writes if nobody has since `seen` was read, else raises RivalError.

        It is raised as well if the answer to a write was lost and the write repeated: reading again
        tells.
        """
        ...


@dataclass(frozen=True)
class StateTable:
    """`States` in DynamoDB, an item each."""

    client: DynamoDBClient
    name: str

    def read(self, pull: str, resource: str) -> State:
        answer = self.client.get_item(
            TableName=self.name, Key={"PK": {"S": key(pull, resource)}}, ConsistentRead=True
        )
        item = answer.get("Item")
        if item is None:
            return State()
        return State(int(item["revision"]["N"]), json.loads(item["said"]["S"]))

    def advance(self, pull: str, resource: str, seen: State, said: dict[str, Any]) -> State:
        # t0  A reads 4, B reads 4
        # t1  A: revision = 4 -> 5
        # t2  B: revision = 4? no: B reads again, and goes on from where A is
        following = State(seen.revision + 1, said)
        never = seen.revision == NEVER
        condition = "attribute_not_exists(PK)" if never else "revision = :seen"
        values: Any = {} if never else {":seen": {"N": str(seen.revision)}}
        try:
            self.client.put_item(
                TableName=self.name,
                Item={
                    "PK": {"S": key(pull, resource)},
                    "revision": {"N": str(following.revision)},
                    "said": {"S": json.dumps(said, sort_keys=True)},
                },
                ConditionExpression=condition,
                **({"ExpressionAttributeValues": values} if values else {}),
            )
        except self.client.exceptions.ConditionalCheckFailedException as error:
            raise RivalError(f"{pull} {resource}: no longer at {seen.revision}") from error
        return following


def key(pull: str, resource: str) -> str:
    """Neither name has a `#`."""
    return f"{pull}#{resource}"
