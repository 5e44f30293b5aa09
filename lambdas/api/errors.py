"""What the API refuses, by name. problems.py alone knows which HTTP answer each one becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lambdas.api.entities import Ref


class MarketError(Exception):
    """A refusal in words for the caller. `facts` are further members of the answer, JSON-ready."""

    def __init__(self, detail: str, **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts


class NoIdentityError(MarketError):
    """The request says not who asks, or not in a way that counts."""


class ForbiddenError(MarketError):
    """Who asks may not. `needs` names what is missing: a group, or to be whose own it is."""

    def __init__(self, detail: str, needs: str) -> None:
        super().__init__(detail, needs=needs)


class NotRegisteredError(ForbiddenError):
    """The login belongs to no customer or vendor, as it needs to; it can register as one."""


class AlreadyRegisteredError(MarketError):
    """The login belongs to a customer or vendor already."""


class MalformedBodyError(MarketError):
    """The body is not JSON."""


class UnsupportedMediaError(MarketError):
    """The body is of a kind that is not taken."""


class TooLargeError(MarketError):
    """The body is larger than is taken; `limit` says how many bytes are."""


class InvalidRequestError(MarketError):
    """The request breaks the contract; `errors` holds one {field, message} per violation."""

    def __init__(self, errors: Sequence[dict[str, str]]) -> None:
        fields = ", ".join(dict.fromkeys(error["field"] for error in errors))
        super().__init__(f"These fields are not valid: {fields}.", errors=list(errors))


class UnknownEntityError(MarketError):
    """What the request refers to is not there, or is marked deleted."""

    def __init__(self, refs: Iterable[Ref]) -> None:
        refs = list(refs)
        named = ", ".join(f"{ref.entity} {ref.id}" for ref in refs)
        missing = [{"entity": ref.entity, "id": ref.id} for ref in refs]
        super().__init__(f"There is no {named}.", missing=missing)


class PreconditionRequiredError(MarketError):
    """The request changes something and does not say which state of it."""


class PreconditionFailedError(MarketError):
    """The state that the request is based on is not the current one, whose ETag is `etag`."""

    def __init__(self, etag: str) -> None:
        super().__init__("It has changed since: read it again.", current_etag=etag)
        self.etag = etag


class EmptyCartError(MarketError):
    """There is nothing to check out."""


class EmailTakenError(MarketError):
    """Another customer has this e-mail address."""


class SkuTakenError(MarketError):
    """Another item of the vendor has this SKU."""


class ForeignVendorError(MarketError):
    """Lines of the cart name a vendor that does not offer the item."""


class StalePriceError(MarketError):
    """Lines of the cart have another price than the item has now."""


class OutOfStockError(MarketError):
    """Lines of the cart want more pieces than there are."""


class UntrackedStockError(MarketError):
    """Pieces are to be added to stock that is not counted."""


class KeyReusedError(MarketError):
    """The idempotency key belongs to another request."""


class ContentionError(MarketError):
    """The table is busy or the state moved on: the same attempt may succeed when made again."""


class StaleStateError(ContentionError):
    """What the attempt had read is no longer so; only a fresh read can decide.

    `failed` holds the places of the operations whose conditions failed, if it was a transaction.
    """

    def __init__(self, detail: str, failed: frozenset[int] = frozenset()) -> None:
        super().__init__(detail)
        self.failed = failed
