"""One example of each body and view, by its name; a test holds them to their schemas."""

from __future__ import annotations

import json
from typing import Any

WHEN = "2026-03-17T12:00:00.000000Z"
TRANSACTION = "0195a3f0-7c00-7000-8000-000000000000"
CUSTOMER = {"first_name": "Noor", "last_name": "Haddad", "email": "noor@example.com"}
VENDOR = {"vendor_name": "Green Fingers", "region": "West"}
ITEM = {"item_name": "Watering can", "price": "12.00", "stock": 5, "sku": "GF-12"}
LINE = {"item_id": 1, "vendor_id": 1, "qty": 2, "unit_price": "12.00", "total_price": "24.00"}
CART = {"user_id": 1, "cart": [LINE]}
ORDER_LINE = {"line_no": 1, "category_id": 2, **LINE}
ORDER = {
    "transaction_id": TRANSACTION,
    "user_id": 1,
    "sold_at": WHEN,
    "total_price": "24.00",
    "lines": [ORDER_LINE],
}
CUSTOMER_VIEW = {"id": 1, **CUSTOMER, "joined_at": WHEN}
VENDOR_VIEW = {"id": 1, **VENDOR, "joined_at": WHEN}
ITEM_VIEW = {"id": 1, "vendor_id": 1, **ITEM, "category": 2, "updated_at": WHEN}

COMPLAINT = {"field": "price", "message": "must be an amount of money"}
REJECTION = {
    "line": 3,
    "row": 2,
    "code": "invalid_fields",
    "errors": [COMPLAINT],
    "original": "GF-13,Rake,Garden,cheap,",
}
IMPORT_VIEW = {
    "id": "1-0195a3f0-7c00-7000-8000-000000000000",
    "vendor_id": 1,
    "state": "succeeded",
    "format": "csv",
    "received_at": WHEN,
    "updated_at": WHEN,
    "finished_at": WHEN,
    "problem": None,
    "rows": 2,
    "done": 2,
    "created": 1,
    "updated": 0,
    "unchanged": 0,
    "rejected": 1,
    "rejections": [REJECTION],
    "ignored_columns": ["colour"],
}
ROW = {**ITEM, "category": "Garden"}
FILES: dict[str, Any] = {
    "csv": "sku,item_name,category,price,stock\nGF-12,Watering can,Garden,12.00,5\n",
    "json": [ROW],
    "ndjson": json.dumps(ROW) + "\n",
}
"""One file of each format that an import takes."""

EXAMPLES: dict[str, dict[str, Any]] = {
    "NewCustomer": CUSTOMER,
    "NewVendor": VENDOR,
    "NewItem": ROW,
    "NewCart": CART,
    "NewCartLine": LINE,
    "CheckoutRequest": {"user_id": 1},
    "CustomerChanges": {"last_name": "Al-Haddad"},
    "VendorChanges": {"region": "North"},
    "ItemChanges": {"price": "13.50"},
    "StockChange": {"change": 10},
    "HealthView": {"status": "ok"},
    "CustomerView": CUSTOMER_VIEW,
    "VendorView": VENDOR_VIEW,
    "ItemView": ITEM_VIEW,
    "ImportView": IMPORT_VIEW,
    "RejectionView": REJECTION,
    "ComplaintView": COMPLAINT,
    "StockView": {"id": 1, "stock": 5},
    "CartView": CART,
    "CartLineView": LINE,
    "CheckoutView": {"message": "Transaction completed", "transaction_id": TRANSACTION},
    "OrderView": ORDER,
    "OrderLineView": ORDER_LINE,
    "PageView_CustomerView_": {"results": [CUSTOMER_VIEW], "next": None},
    "PageView_VendorView_": {"results": [VENDOR_VIEW], "next": None},
    "PageView_ItemView_": {"results": [ITEM_VIEW], "next": None},
    "PageView_ImportView_": {"results": [IMPORT_VIEW], "next": None},
    "PageView_OrderView_": {"results": [ORDER], "next": None},
}
