"""`OperationalTable` over one DynamoDB table, and what DynamoDB's refusals mean."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError, HTTPClientError

from lambdas.api import images
from lambdas.api.entities import Ref
from lambdas.api.errors import ContentionError, EmailTakenError, StaleStateError
from lambdas.api.transaction import ABSENT, Operation, cart_put, operations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from lambdas.api.entities import Cart, Category, Claim, Customer, Item, Order, Sale, Vendor
    from lambdas.api.images import Image

BATCH = 100
"""Keys in one BatchGetItem."""

CONDITION_FAILED = "ConditionalCheckFailed"
BUSY_REASONS = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
BUSY = {
    "TransactionConflictException",
    "TransactionInProgressException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "InternalServerError",
    "ServiceUnavailable",
}


class DynamoTable:
    """Thread-safe, as boto3's clients are."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self.client = client
        self.name = name

    def next_id(self, counter: str, after: int = 0) -> int:
        with refusals_named():
            answer = self.client.update_item(
                TableName=self.name,
                Key=images.counter_key(counter),
                UpdateExpression="SET #last = if_not_exists(#last, :after) + :one, entity = :kind",
                ExpressionAttributeNames={"#last": "last"},
                ExpressionAttributeValues=images.typed(
                    {":after": after, ":one": 1, ":kind": "counter"}
                ),
                ReturnValues="UPDATED_NEW",
            )
        return int(answer["Attributes"]["last"]["N"])

    def add_customer(self, customer: Customer) -> None:
        image = images.image_of(Ref("customer", customer.customer_id), customer)
        unique = images.unique_image(images.email_key(customer.email), customer.customer_id)
        try:
            self._create(image, unique)
        except StaleStateError as error:
            raise EmailTakenError(f"{customer.email} belongs to another customer.") from error

    def add_vendor(self, vendor: Vendor) -> None:
        self._create(images.image_of(Ref("vendor", vendor.vendor_id), vendor))

    def add_item(self, item: Item) -> None:
        self._create(images.image_of(Ref("item", item.item_id), item))

    def add_category(self, category: Category) -> None:
        image = images.image_of(Ref("category", category.category_id), category)
        name_key = images.category_name_key(category.category_name)
        unique = images.unique_image(name_key, category.category_id)
        self._create(image, unique)

    def customer(self, customer_id: int) -> Customer | None:
        image = self._get(images.entity_key(Ref("customer", customer_id)))
        return images.customer_from(image) if image else None

    def vendor(self, vendor_id: int) -> Vendor | None:
        image = self._get(images.entity_key(Ref("vendor", vendor_id)))
        return images.vendor_from(image) if image else None

    def item(self, item_id: int) -> Item | None:
        image = self._get(images.entity_key(Ref("item", item_id)))
        return images.item_from(image) if image else None

    def category(self, category_id: int) -> Category | None:
        image = self._get(images.entity_key(Ref("category", category_id)))
        return images.category_from(image) if image else None

    def category_id(self, name: str) -> int | None:
        image = self._get(images.category_name_key(name))
        return int(image["owner_id"]["N"]) if image else None

    def items(self, item_ids: Iterable[int]) -> dict[int, Item]:
        found = self._present(Ref("item", item_id) for item_id in item_ids)
        items = [images.item_from(image) for image in found]
        return {item.item_id: item for item in items}

    def missing(self, refs: Iterable[Ref]) -> list[Ref]:
        refs = list(refs)
        found = {image["PK"]["S"] for image in self._present(refs)}
        return [ref for ref in refs if images.entity_key(ref)["PK"]["S"] not in found]

    def cart(self, customer_id: int) -> Cart | None:
        image = self._get(images.cart_key(customer_id))
        return images.cart_from(image) if image else None

    def put_cart(self, cart: Cart) -> None:
        with refusals_named():
            self.client.put_item(**cart_put(self.name, cart))

    def claim(self, scope: str, key: str) -> Claim | None:
        image = self._get(images.claim_key(scope, key))
        return images.claim_from(scope, key, image) if image else None

    def place(self, sale: Sale) -> None:
        self._write(*operations(self.name, sale))

    def order(self, transaction_id: str) -> Order | None:
        with refusals_named():
            answer = self.client.query(
                TableName=self.name,
                KeyConditionExpression="PK = :id",
                ExpressionAttributeValues=images.typed({":id": transaction_id}),
                ConsistentRead=True,
            )
        return images.order_from(answer["Items"][0]) if answer["Items"] else None

    def _create(self, *created: Image) -> None:
        """All of them or none; StaleStateError if any was there and is not just this."""
        puts: list[Operation] = [
            {"Put": {"TableName": self.name, "Item": image, "ConditionExpression": ABSENT}}
            for image in created
        ]
        try:
            self._write(*puts)
        except StaleStateError:
            # What an earlier attempt wrote, whose answer was lost, is ours.
            if not all(self._holds(image) for image in created):
                raise

    def _holds(self, image: Image) -> bool:
        stored = self._get({"PK": image["PK"], "SK": image["SK"]})
        return stored is not None and images.plain(stored) == images.plain(image)

    def _write(self, *steps: Operation) -> None:
        # botocore adds a ClientRequestToken: its own retries cannot write twice.
        with refusals_named():
            self.client.transact_write_items(
                TransactItems=cast("Sequence[TransactWriteItemTypeDef]", steps)
            )

    def _get(self, key: Image) -> Image | None:
        with refusals_named():
            answer = self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True)
        return answer.get("Item")

    def _present(self, refs: Iterable[Ref]) -> Iterator[Image]:
        """The images of those entities that exist and are not deleted."""
        keys = [images.entity_key(ref) for ref in refs]
        for start in range(0, len(keys), BATCH):
            request = {"Keys": keys[start : start + BATCH], "ConsistentRead": True}
            with refusals_named():
                answer = self.client.batch_get_item(RequestItems={self.name: cast("Any", request)})
            if answer["UnprocessedKeys"]:
                raise ContentionError("The table is busy.")
            for image in answer["Responses"][self.name]:
                if not image.get("deleted", {}).get("BOOL"):
                    yield image


@contextmanager
def refusals_named() -> Iterator[None]:
    """Turns DynamoDB's refusals into ours. What is neither a condition nor load stays as it is."""
    try:
        yield
    except HTTPClientError as error:
        raise ContentionError("The table does not answer.") from error
    except ClientError as error:
        refusal = _refusal(error)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: ClientError) -> ContentionError | None:
    code = error.response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        return StaleStateError("The state changed meanwhile.")
    if code == "TransactionCanceledException":
        reasons = cast("dict[str, Any]", error.response).get("CancellationReasons", [])
        codes = {reason["Code"] for reason in reasons} - {"None"}
        if CONDITION_FAILED in codes:
            return StaleStateError("The state changed meanwhile.")
        return ContentionError("The table is busy.") if codes and codes <= BUSY_REASONS else None
    return ContentionError("The table is busy.") if code in BUSY else None
