"""The operational table: the customer's item becomes an erased one, an ordinary next version.

What it was before is in the stream, and so in raw, like every state of every item.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.api.clock import timestamp, utc_now
from lambdas.api.entities import Cart, Ref
from lambdas.api.images import (
    ERASED,
    cart_from,
    cart_image,
    cart_key,
    entity_key,
    is_erased,
    plain,
    typed,
)
from lambdas.contracts import DELETED
from lambdas.erase.person import CUSTOMER, CUSTOMER_KEY, KEPT, rev_of
from lambdas.lake.errors import RetryableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from lambdas.erase.person import Person

Image = dict[str, Any]
BOOKKEEPING = ("UNIQUE#", "IDEMPOTENCY#")
"""Items of the API's own that may hold somebody and that nothing else is made from."""
ATTEMPTS = 5
KEYS = ("PK", "SK")
MAX_NAMED = 100


class UnknownCustomerError(ValueError):
    """There is no such customer, neither in the table nor in raw."""


class ChangingError(RetryableError):
    """The customer's items kept changing while they were read; nothing was written."""


@dataclass(frozen=True)
class Table:
    client: DynamoDBClient
    name: str

    def item(self, key: Image) -> Image | None:
        answer = self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True)
        return answer.get("Item")

    def customer(self, customer_id: int) -> Image | None:
        return self.item(entity_key(Ref("customer", customer_id)))

    def mark(self, customer_id: int, rev: int) -> bool:
        """Writes the erased states of customer and cart together.

        `rev` is the highest that raw knows, 0 for none: the erased state is above it, and is
        written too if a restored table is older than the customer. False if they are erased
        already, above all that raw knows. Raises UnknownCustomerError and ChangingError.
        """
        for _ in range(ATTEMPTS):
            customer = self.customer(customer_id)
            if customer is None and not rev:
                raise UnknownCustomerError(f"there is no customer {customer_id}")
            if customer and is_erased(customer) and rev_of(customer) >= rev:
                return False
            cart = self.item(cart_key(customer_id))
            puts = [
                self._put(_erased_customer(customer_id, customer or {}, rev), customer),
                self._put(_erased_cart(customer_id, cart), cart),
            ]
            try:
                self.client.transact_write_items(TransactItems=puts)
            except self.client.exceptions.TransactionCanceledException:
                continue
            return True
        raise ChangingError(f"customer {customer_id} kept changing")

    def pages(self, after: Image | None) -> Iterator[tuple[list[Image], Image | None]]:
        """All items, and where to go on behind each page."""
        while True:
            start: Any = {"ExclusiveStartKey": after} if after else {}
            answer = self.client.scan(TableName=self.name, ConsistentRead=True, **start)
            after = answer.get("LastEvaluatedKey")
            yield answer["Items"], after
            if after is None:
                return

    def delete(self, image: Image) -> None:
        self.client.delete_item(TableName=self.name, Key={name: image[name] for name in KEYS})

    def _put(self, image: Image, before: Image | None) -> Any:
        """Over the state that was read, or over none."""
        put: dict[str, Any] = {"TableName": self.name, "Item": image}
        if before is None:
            return {"Put": put | {"ConditionExpression": "attribute_not_exists(PK)"}}
        condition = {
            "ConditionExpression": "rev = :rev",
            "ExpressionAttributeValues": {":rev": before["rev"]},
        }
        return {"Put": put | condition}


@dataclass
class Items:
    """What a slice of a table held of the person; `next` is null at the end."""

    searched: int = 0
    deleted: int = 0
    hits: int = 0
    places: list[str] = field(default_factory=list)
    next: Image | None = None


def go_through(
    table: Table,
    person: Person,
    after: Image | None,
    has_time: Callable[[], bool],
    *,
    erase: bool,
) -> Items:
    """Searches the table; with `erase`, deletes the API's bookkeeping that holds the person.

    `hits` are the items that hold the person afterwards.
    """
    done = Items()
    for page, mark in table.pages(after):
        for image in page:
            _judge(table, person, image, done, erase=erase)
        done.searched += len(page)
        done.next = mark
        if not has_time():
            break
    return done


def _judge(table: Table, person: Person, image: Image, done: Items, *, erase: bool) -> None:
    if not person.holds(image):
        return
    kind = next((each for each in BOOKKEEPING if image["PK"]["S"].startswith(each)), None)
    if kind and erase:
        table.delete(image)
        done.deleted += 1
        return
    done.hits += 1
    if len(done.places) < MAX_NAMED:
        # The key of an address' reservation is the address.
        done.places.append(f"{table.name}: {kind or image['PK']['S']}")


def _erased_customer(customer_id: int, image: Image, rev: int) -> Image:
    kept = {name: each for name, each in image.items() if name in KEPT}
    following = max(rev, int(plain(image).get("rev", 0))) + 1
    state = {
        "entity": CUSTOMER.entity,
        CUSTOMER_KEY: customer_id,
        "rev": following,
        DELETED.name: True,
        ERASED: True,
    }
    return entity_key(Ref(CUSTOMER.entity, customer_id)) | kept | typed(state)


def _erased_cart(customer_id: int, image: Image | None) -> Image:
    never = Cart(customer_id=customer_id, rev=0, lines=(), lines_ever=0, updated_at="")
    cart = cart_from(image) if image else never
    return cart_image(cart.replaced_by((), timestamp(utc_now()))) | typed({ERASED: True})
