"""`ImportRecords` over the operational table: a vendor's imports are one partition, by time."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from lambdas.api import images
from lambdas.api.imports import Import, ImportId, ImportPage, State
from lambdas.api.refusals import refusals_named
from lambdas.api.transaction import ABSENT, claim_put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from lambdas.api.entities import Claim
    from lambdas.api.images import Image

COUNTS = ("position", "created", "updated", "unchanged", "rejected", "first_id", "rev")


class DynamoImports:
    """Thread-safe, as boto3's clients are."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self.client = client
        self.name = name

    def add(self, new: Import, claim: Claim | None, now: int) -> None:
        put = {"TableName": self.name, "Item": image_of(new), "ConditionExpression": ABSENT}
        steps: list[dict[str, Any]] = [{"Put": put}]
        if claim:
            steps.append({"Put": claim_put(self.name, claim, now)})
        with refusals_named():
            self.client.transact_write_items(
                TransactItems=cast("Sequence[TransactWriteItemTypeDef]", steps)
            )

    def get(self, import_id: ImportId) -> Import | None:
        image = self._get(images.import_key(import_id.vendor_id, import_id.name))
        return import_from(image) if image else None

    def claim(self, scope: str, key: str) -> Claim | None:
        image = self._get(images.claim_key(scope, key))
        return images.claim_from(scope, key, image) if image else None

    def of_vendor(self, vendor_id: int, limit: int, before: str | None) -> ImportPage:
        partition = images.import_key(vendor_id, "")["PK"]
        start: Any = {"ExclusiveStartKey": images.import_key(vendor_id, before)} if before else {}
        with refusals_named():
            answer = self.client.query(
                TableName=self.name,
                KeyConditionExpression="PK = :vendor",
                ExpressionAttributeValues={":vendor": partition},
                ScanIndexForward=False,
                Limit=limit,
                **start,
            )
        last = answer.get("LastEvaluatedKey")
        return ImportPage(
            [import_from(image) for image in answer["Items"]],
            str(last["SK"]["S"]) if last else None,
        )

    def save(self, record: Import) -> None:
        with refusals_named():
            self.client.put_item(
                TableName=self.name,
                Item=image_of(record),
                ConditionExpression="rev = :before",
                ExpressionAttributeValues=images.typed({":before": record.rev - 1}),
            )

    def _get(self, key: Image) -> Image | None:
        with refusals_named():
            answer = self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True)
        return answer.get("Item")


def image_of(record: Import) -> Image:
    fields = {name: value for name, value in asdict(record).items() if value is not None}
    del fields["id"]
    fields |= {"entity": "import", "vendor_id": record.id.vendor_id, "state": record.state.value}
    fields |= {"rejections": list(record.rejections), "ignored": list(record.ignored)}
    return images.import_key(record.id.vendor_id, record.id.name) | images.typed(fields)


def import_from(image: Image) -> Import:
    row = images.plain(image)
    rows = row.get("rows")
    return Import(
        id=ImportId(int(row["vendor_id"]), row["SK"]),
        format=row["format"],
        charset=row.get("charset"),
        gzipped=row["gzipped"],
        received_at=row["received_at"],
        expires_at=int(row["expires_at"]),
        state=State(row["state"]),
        updated_at=row["updated_at"],
        finished_at=row.get("finished_at"),
        problem=row.get("problem"),
        rows=None if rows is None else int(rows),
        rejections=tuple(_rejection(each) for each in row["rejections"]),
        ignored=tuple(row["ignored"]),
        worker=row["worker"],
        **{name: int(row[name]) for name in COUNTS},
    )


def _rejection(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "row": int(row["row"]), "line": int(row["line"])}
