"""`ImportRecords` in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lambdas.api.errors import StaleStateError
from lambdas.api.imports import ImportPage

if TYPE_CHECKING:
    from lambdas.api.entities import Claim
    from lambdas.api.imports import Import, ImportId


@dataclass
class FakeImports:
    imports: dict[ImportId, Import] = field(default_factory=dict)
    claims: dict[tuple[str, str], Claim] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def add(self, new: Import, claim: Claim | None, now: int) -> None:
        with self._lock:
            used = claim and self.claims.get((claim.scope, claim.key))
            if new.id in self.imports or (used and used.expires_at > now):
                raise StaleStateError("import")
            self.imports[new.id] = new
            if claim:
                self.claims[claim.scope, claim.key] = claim

    def get(self, import_id: ImportId) -> Import | None:
        return self.imports.get(import_id)

    def claim(self, scope: str, key: str) -> Claim | None:
        return self.claims.get((scope, key))

    def of_vendor(self, vendor_id: int, limit: int, before: str | None) -> ImportPage:
        names = sorted(each.name for each in self.imports if each.vendor_id == vendor_id)
        older = [name for name in reversed(names) if before is None or name < before]
        page = [each for each in self.imports.values() if each.id.name in older[:limit]]
        page.sort(key=lambda each: each.id.name, reverse=True)
        return ImportPage(page, older[limit - 1] if len(older) > limit else None)

    def save(self, record: Import) -> None:
        with self._lock:
            stored = self.imports.get(record.id)
            if stored is None or stored.rev != record.rev - 1:
                raise StaleStateError("import")
            self.imports[record.id] = record
