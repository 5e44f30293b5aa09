"""`Claims` in DynamoDB, one item per raw object version; and where the full pass stands."""

from __future__ import annotations

import hashlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambdas.dispatch.full_pass import Cursor
from lambdas.dispatch.ports import Mark
from lambdas.dispatch.runs import batched
from lambdas.dispatch.settings import CLAIM_DAYS
from lambdas.lake.errors import RetryableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from lambdas.lake.documents import RawObject

PARALLEL = 16
BATCH = 100
"""DynamoDB's limit for BatchGetItem."""
READ_TRIES = 6


class ThrottledError(RetryableError):
    """The control table did not answer all reads."""


def claim_key(item: RawObject) -> str:
    identity = json.dumps([item.key, item.version_id])
    return f"OBJECT#{hashlib.sha256(identity.encode()).hexdigest()}"


@dataclass(frozen=True)
class ControlTable:
    client: DynamoDBClient
    name: str
    now: Callable[[], float] = time.time
    pause: Callable[[float], None] = time.sleep

    def claim(self, objects: Sequence[RawObject], digest: str) -> dict[RawObject, str]:
        with ThreadPoolExecutor(PARALLEL) as pool:
            owners = pool.map(lambda each: self._claim(each, digest), objects)
            return dict(zip(objects, owners, strict=True))

    def _claim(self, item: RawObject, digest: str) -> str:
        """The owner, after one atomic update that takes the object if it is free."""
        # t0  A: no run yet    -> run = A, answers A: A has it
        # t1  B: run = A stays,            answers A: B leaves it to A
        # t2  A, delivered again: stays,   answers A: A has it still
        now = int(self.now())
        answer = self.client.update_item(
            TableName=self.name,
            Key={"PK": {"S": claim_key(item)}},
            UpdateExpression=(
                "SET #run = if_not_exists(#run, :run), object_key = :key, version_id = :version,"
                " claimed_at = if_not_exists(claimed_at, :now),"
                " expires_at = if_not_exists(expires_at, :expiry)"
            ),
            ExpressionAttributeNames={"#run": "run"},
            ExpressionAttributeValues={
                ":run": {"S": digest},
                ":key": {"S": item.key},
                ":version": {"S": item.version_id},
                ":now": {"N": str(now)},
                ":expiry": {"N": str(now + CLAIM_DAYS * 86_400)},
            },
            ReturnValues="ALL_NEW",
        )
        return answer["Attributes"]["run"]["S"]

    def owners(self, objects: Sequence[RawObject]) -> dict[RawObject, str]:
        by_key = {claim_key(each): each for each in objects}
        found: dict[RawObject, str] = {}
        for keys in batched(by_key, BATCH):
            for row in self._read([{"PK": {"S": key}} for key in keys]):
                found[by_key[row["PK"]["S"]]] = row["run"]["S"]
        return found

    def _read(self, keys: list[dict[str, Any]]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        wanted: Any = {self.name: {"Keys": keys, **PROJECTION}}
        for attempt in range(READ_TRIES):
            answer = self.client.batch_get_item(RequestItems=wanted)
            rows += answer["Responses"].get(self.name, [])
            wanted = answer["UnprocessedKeys"]
            if not wanted:
                return rows
            self.pause(0.1 * 2**attempt)
        raise ThrottledError(f"{self.name}: {len(keys) - len(rows)} claims were not read")


@dataclass(frozen=True)
class CursorItem:
    """`Cursors` in one item of the control table."""

    client: DynamoDBClient
    name: str
    key: str = "SWEEP#full"

    def read(self) -> Cursor | None:
        wanted: Any = {self.name: {"Keys": [{"PK": {"S": self.key}}], "ConsistentRead": True}}
        answer = self.client.batch_get_item(RequestItems=wanted)
        if answer["UnprocessedKeys"]:
            raise ThrottledError(f"{self.name}: {self.key} was not read")
        for item in answer["Responses"][self.name]:
            began = datetime.fromtimestamp(float(item["began"]["N"]), UTC)
            after = json.loads(item["after"]["S"])
            return Cursor(began, Mark(**after) if after else None)
        return None

    def write(self, cursor: Cursor) -> None:
        self.client.update_item(
            TableName=self.name,
            Key={"PK": {"S": self.key}},
            UpdateExpression="SET began = :began, #after = :after",
            ExpressionAttributeNames={"#after": "after"},
            ExpressionAttributeValues={
                ":began": {"N": str(cursor.began.timestamp())},
                ":after": {"S": json.dumps(cursor.after and asdict(cursor.after))},
            },
        )


PROJECTION = {"ProjectionExpression": "PK, #run", "ExpressionAttributeNames": {"#run": "run"}}
