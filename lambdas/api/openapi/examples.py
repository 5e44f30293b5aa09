"""One example of each body and view, by its name; a test holds them to their schemas."""

from __future__ import annotations

from typing import Any

WHEN = "2026-03-17T12:00:00.000000Z"
TRANSACTION = "0195a3f0-7c00-7000-8000-000000000000"
CUSTOMER = {"first_name": "Noor", "last_name": "Haddad", "email": "noor@example.com"}
VENDOR = {"vendor_name": "Green Fingers", "region": "West"}
ITEM = {"item_name": "Watering can", "price": "12.00", "stock": 5}
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

EXAMPLES: dict[str, dict[str, Any]] = {
    "NewCustomer": CUSTOMER,
    "NewVendor": VENDOR,
    "NewItem": {**ITEM, "category": "Garden"},
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
    "StockView": {"id": 1, "stock": 5},
    "CartView": CART,
    "CartLineView": LINE,
    "CheckoutView": {"message": "Transaction completed", "transaction_id": TRANSACTION},
    "OrderView": ORDER,
    "OrderLineView": ORDER_LINE,
    "PageView_CustomerView_": {"results": [CUSTOMER_VIEW], "next": None},
    "PageView_VendorView_": {"results": [VENDOR_VIEW], "next": None},
    "PageView_ItemView_": {"results": [ITEM_VIEW], "next": None},
    "PageView_OrderView_": {"results": [ORDER], "next": None},
}
