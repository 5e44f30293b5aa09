"""Routes of bulk imports: a file is taken at once, and asked after until it is dealt with."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from lambdas.api.binding import FILE, QUERY, RouteTable, Shown
from lambdas.api.imports import Import, ImportId, Upload
from lambdas.api.market import Market
from lambdas.api.models import IdempotencyKey, ImportSearch, VendorId
from lambdas.api.routes.shopping import IDEMPOTENCY_KEY
from lambdas.api.views import ImportView, PageView


@dataclass(frozen=True)
class ImportRoutes:
    market: Market

    def table(self) -> RouteTable:
        return {
            ("GET", "/imports"): self.of_vendor,
            ("POST", "/imports"): self.submit,
            ("GET", "/imports/<import_id>"): self.read,
        }

    def submit(
        self,
        vendor_id: Annotated[VendorId, QUERY],
        file: Annotated[Upload, FILE],
        idempotency_key: Annotated[IdempotencyKey, IDEMPOTENCY_KEY] = None,
    ) -> Shown[ImportView]:
        """CSV with a header, a JSON array or one JSON object a line, as Content-Type says."""
        taken = self.market.imports.submit(vendor_id, file, idempotency_key)
        location = f"/imports/{taken.id}"
        tag = str(taken.rev)
        return Shown(ImportView.of(taken), tag, HTTPStatus.ACCEPTED, location)

    def read(self, import_id: str) -> Shown[ImportView]:
        return _shown(self.market.imports.read(ImportId.parse(import_id)))

    def of_vendor(self, search: Annotated[ImportSearch, QUERY]) -> Shown[PageView[ImportView]]:
        """The newest first."""
        page = self.market.imports.of_vendor(search.vendor_id, search.limit, search.cursor)
        results = [ImportView.of(each) for each in page.entries]
        return Shown(PageView(results=results, next=page.next))


def _shown(record: Import) -> Shown[ImportView]:
    return Shown(ImportView.of(record), str(record.rev))
