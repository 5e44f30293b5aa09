"""`OperationalTable` over one DynamoDB table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from lambdas.api import changing, images, offering
from lambdas.api.entities import Ref
from lambdas.api.errors import (
    AlreadyRegisteredError,
    ContentionError,
    EmailTakenError,
    SkuTakenError,
    StaleStateError,
)
from lambdas.api.listing import Slice
from lambdas.api.refusals import refusals_named
from lambdas.api.transaction import ABSENT, Operation, cart_put, operations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from lambdas.api.entities import (
        Cart,
        Category,
        Change,
        Claim,
        Customer,
        Item,
        Order,
        Profile,
        Sale,
        Vendor,
    )
    from lambdas.api.images import Image
    from lambdas.api.listing import Listing, Position

BATCH = 100
"""Keys in one BatchGetItem."""


class DynamoTable:
    """Thread-safe, as boto3's clients are."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self.client = client
        self.name = name

    def next_id(self, counter: str, after: int = 0) -> int:
        return self.next_ids(counter, 1, after)[0]

    def next_ids(self, counter: str, count: int, after: int = 0) -> range:
        """`count` ids in a row, which nobody else will have."""
        counted = "SET #last = if_not_exists(#last, :after) + :count, entity = :kind"
        with refusals_named():
            answer = self.client.update_item(
                TableName=self.name,
                Key=images.counter_key(counter),
                UpdateExpression=counted,
                ExpressionAttributeNames={"#last": "last"},
                ExpressionAttributeValues=images.typed(
                    {":after": after, ":count": count, ":kind": "counter"}
                ),
                ReturnValues="UPDATED_NEW",
            )
        last = int(answer["Attributes"]["last"]["N"])
        return range(last - count + 1, last + 1)

    def add_customer(self, customer: Customer, login: str | None = None) -> None:
        address = changing.address_put(self.name, customer)
        try:
            self._create(self._new(customer), *self._link(customer.ref, login), address)
        except StaleStateError as error:
            raise self._registered(customer.ref, login) or _taken(customer) from error

    def add_vendor(self, vendor: Vendor, login: str | None = None) -> None:
        try:
            self._create(self._new(vendor), *self._link(vendor.ref, login))
        except StaleStateError as error:
            raise self._registered(vendor.ref, login) or error from error

    def linked(self, role: str, login: str) -> int | None:
        image = self._get(images.login_key(role, login))
        return int(image["owner_id"]["N"]) if image else None

    def add_item(self, item: Item) -> None:
        try:
            self._create(*offering.item_puts(self.name, item))
        except StaleStateError as error:
            if error.failed == {offering.SKU}:
                raise SkuTakenError(f"The vendor has another item {item.sku}.") from error
            raise

    def add_category(self, category: Category) -> None:
        name_key = images.category_name_key(category.category_name)
        unique = images.unique_image(name_key, category.category_id)
        image = images.image_of(Ref("category", category.category_id), category)
        self._create(self._put(image), self._put(unique))

    def change(self, change: Change) -> None:
        try:
            self.write(*changing.operations(self.name, change))
        except StaleStateError as error:
            newcomer = changing.with_new_address(change)
            if newcomer and error.failed == {changing.ADDRESS}:
                raise _taken(newcomer) from error
            raise

    def set_stock(self, before: Item, stock: int | None) -> None:
        with refusals_named():
            self.client.update_item(**changing.stock_update(self.name, before, stock))

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

    def found(self, refs: Iterable[Ref]) -> dict[Ref, Profile]:
        images_found = self._present(images.entity_key(ref) for ref in refs)
        entities = [images.profile_from(image) for image in images_found]
        return {entity.ref: entity for entity in entities}

    def missing(self, refs: Iterable[Ref]) -> list[Ref]:
        refs = list(refs)
        found = {image["PK"]["S"] for image in self._present(map(images.entity_key, refs))}
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
        self.write(*operations(self.name, sale))

    def order(self, transaction_id: str) -> Order | None:
        with refusals_named():
            answer = self.client.query(
                TableName=self.name,
                KeyConditionExpression="PK = :id",
                ExpressionAttributeValues=images.typed({":id": transaction_id}),
                ConsistentRead=True,
            )
        return images.order_from(answer["Items"][0]) if answer["Items"] else None

    def customer_of(self, email: str) -> Customer | None:
        key = images.email_key(email)
        address = self._get(key)
        customer = address and self.customer(int(address["owner_id"]["N"]))
        # An address that was released is there until TTL removes it.
        return customer if customer and images.email_key(customer.email) == key else None

    def slice(self, listing: Listing, limit: int, after: Position | None) -> Slice:
        """Indexes are read eventually, the entities they name consistently."""
        rows = self._rows(listing, limit + 1, after)
        keys = [{name: row[name] for name in ("PK", "SK")} for row in rows[:limit]]
        found = {image["PK"]["S"]: images.listed_from(image) for image in self._present(keys)}
        entries = [
            (images.position_of(listing, row), found.get(row["PK"]["S"])) for row in rows[:limit]
        ]
        return Slice(entries, more=len(rows) > limit)

    def _rows(self, listing: Listing, limit: int, after: Position | None) -> list[Image]:
        index, prefix = listing.index, listing.sort_prefix
        names = {"#partition": index.partition}
        values: dict[str, Any] = {":partition": listing.partition}
        condition = "#partition = :partition"
        if prefix:
            names["#sort"], values[":prefix"] = index.sort, prefix
            condition += " AND begins_with(#sort, :prefix)"
        start: Any = {"ExclusiveStartKey": images.row_key(listing, after)} if after else {}
        with refusals_named():
            answer = self.client.query(
                TableName=self.name,
                IndexName=index.name,
                KeyConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=images.typed(values),
                ScanIndexForward=not listing.newest_first,
                Limit=limit,
                **start,
            )
        return answer["Items"]

    def _new(self, entity: Profile) -> dict[str, Any]:
        return self._put(images.image_of(entity.ref, entity))

    def _link(self, ref: Ref, login: str | None) -> list[dict[str, Any]]:
        """Makes the login the entity's, which cannot be undone; nothing without a login."""
        if login is None:
            return []
        return [self._put(images.unique_image(images.login_key(ref.entity, login), int(ref.id)))]

    def _registered(self, ref: Ref, login: str | None) -> AlreadyRegisteredError | None:
        number = login and self.linked(ref.entity, login)
        if not number:
            return None
        return AlreadyRegisteredError(f"Your login is {ref.entity} {number} already.")

    def _put(self, image: Image) -> dict[str, Any]:
        return {"TableName": self.name, "Item": image, "ConditionExpression": ABSENT}

    def _create(self, *puts: dict[str, Any]) -> None:
        """All of them or none; StaleStateError if any was there and is not just this."""
        try:
            self.write(*({"Put": put} for put in puts))
        except StaleStateError:
            # What an earlier attempt wrote, whose answer was lost, is ours.
            if not all(self._holds(put["Item"]) for put in puts):
                raise

    def _holds(self, image: Image) -> bool:
        stored = self._get({"PK": image["PK"], "SK": image["SK"]})
        return stored is not None and images.plain(stored) == images.plain(image)

    def write(self, *steps: Operation) -> None:
        """All of them or none; raises StaleStateError if a condition fails."""
        # botocore adds a ClientRequestToken: its own retries cannot write twice.
        with refusals_named():
            self.client.transact_write_items(
                TransactItems=cast("Sequence[TransactWriteItemTypeDef]", steps)
            )

    def _get(self, key: Image) -> Image | None:
        with refusals_named():
            answer = self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True)
        image = answer.get("Item")
        return None if image is None or images.is_erased(image) else image

    def _present(self, keys: Iterable[Image]) -> Iterator[Image]:
        """The images of those entities that exist and are not deleted."""
        return (image for image in self.images(keys) if not image.get("deleted", {}).get("BOOL"))

    def images(self, keys: Iterable[Image]) -> Iterator[Image]:
        """Of those keys that there are, read consistently."""
        keys = list(keys)
        for start in range(0, len(keys), BATCH):
            request = {"Keys": keys[start : start + BATCH], "ConsistentRead": True}
            with refusals_named():
                answer = self.client.batch_get_item(RequestItems={self.name: cast("Any", request)})
            if answer["UnprocessedKeys"]:
                raise ContentionError("The table is busy.")
            yield from answer["Responses"][self.name]


def _taken(customer: Customer) -> EmailTakenError:
    return EmailTakenError(f"{customer.email} belongs to another customer.")
