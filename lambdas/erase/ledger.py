"""Who was erased, by key alone, so that a restored backup can be erased again.

It also names the raw versions that were replaced: successful runs name these, but they are gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lambdas.lake.documents import Document
from lambdas.lake.errors import ObjectMissingError
from lambdas.lake.layout import erasure_key
from lambdas.lake.objects import ANY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from lambdas.erase.bucket import Version
    from lambdas.lake.objects import ObjectStore


@dataclass(frozen=True)
class Replaced:
    key: str
    version_id: str


@dataclass(frozen=True)
class Erasure(Document):
    """`erasures/<customer>.json`; `begun` is ISO 8601 in UTC. It holds nothing of the person."""

    customer_id: int
    begun: str
    replaced: list[Replaced] = field(default_factory=list)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        return cls(**{**fields, "replaced": [Replaced(**each) for each in fields["replaced"]]})


@dataclass(frozen=True)
class Ledger:
    store: ObjectStore

    def begin(self, customer_id: int, now: str) -> Erasure:
        """The erasure on record, or a new one. Raises PreconditionError if another writes it."""
        known, _ = self._read(customer_id)
        if known is None:
            known = Erasure(customer_id, now)
            self.store.put(erasure_key(customer_id), known.to_json(), if_none_match=ANY)
        return known

    def note(self, customer_id: int, versions: Iterable[Version]) -> None:
        """Adds raw versions that are about to go. Raises PreconditionError as `begin` does."""
        new = [Replaced(each.key, each.version_id) for each in versions]
        known, etag = self._read(customer_id)
        if known is None:
            raise ObjectMissingError(erasure_key(customer_id))
        replaced = [*known.replaced, *(each for each in new if each not in known.replaced)]
        body = replace(known, replaced=replaced).to_json()
        self.store.put(erasure_key(customer_id), body, if_match=etag)

    def _read(self, customer_id: int) -> tuple[Erasure | None, str]:
        try:
            stored = self.store.get(erasure_key(customer_id))
        except ObjectMissingError:
            return None, ""
        return Erasure.from_json(stored.body), stored.etag
