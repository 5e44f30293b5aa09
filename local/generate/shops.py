"""How each source tells of what it sold: its fields, its spelling, and what it gets wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from local.generate.spelling import Array, Columnar, Delimited, Lines, Spoil, Style, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.generate.spelling import Record

Row = dict[str, Any]
"""Of a query under sql/generate/."""

BERLIN = ZoneInfo("Europe/Berlin")


def lacking(name: str) -> Spoil:
    return Spoil("missing_field", lambda record: {**record, name: None})


def saying(name: str, value: object, reason: str) -> Spoil:
    return Spoil(reason, lambda record: {**record, name: value})


def american(name: str, value: Any) -> str:
    """Money with sign and marks, and times in two spellings within one column."""
    if isinstance(value, Decimal):
        return f"${value:,}" if value >= 0 else f"(${-value:,})"
    if isinstance(value, datetime) and value.second % 2:
        return f"{value:%d/%m/%Y %H:%M:%S}"
    return plain(name, value)


def german(name: str, value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:,}".translate(str.maketrans(",.", ".,")) + " €"
    if isinstance(value, datetime):
        return f"{value.replace(tzinfo=UTC).astimezone(BERLIN):%d.%m.%Y %H:%M}"
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else plain(name, value)


COLUMNAR = Style(Columnar(), "parquet")
MODERN = (
    Style(Delimited(), "csv"),
    Style(Lines(), "json"),
    Style(Delimited("\t"), "txt"),
    COLUMNAR,
    Style(Delimited(";", "utf-8-sig", "\n", american), "csv.gz", packed=True),
    Style(Array(), "json"),
    Style(Delimited("|", says=american), "txt"),
    Style(Lines(), "ndjson.gz", packed=True),
    Style(Delimited(encoding="utf-16", says=american), "csv"),
    Style(Delimited(), "csv", packed=True),
    Style(Array(), "txt", packed=True),
)
"""All formats; some files are not what they are called."""


@dataclass(frozen=True)
class Channel:
    """A source whose files come day by day. `query` is a file of sql/generate/ for one day."""

    source: str
    query: str
    record: Callable[[Row], Record]
    styles: tuple[Style, ...]
    spoils: tuple[Spoil, ...]
    arguments: dict[str, str] = field(default_factory=dict)


def sale(row: Row) -> Record:
    return {
        "order_no": f"O-{row['order_no']}",
        "line": row["line_no"],
        "sku": f"S-{row['item']}",
        "customer_no": f"C-{row['customer']}",
        "vendor_no": f"V-{row['vendor']}",
        "title": row["title"],
        "unit_price": row["unit_price"],
        "qty": row["qty"],
        "sold_at": row["sold_at"],
        "changed_at": row["changed_at"],
        "status": "cancelled" if row["cancelled"] else "sold",
    }


def customer(row: Row) -> Record:
    return {
        "customer_no": f"C-{row['n']}",
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        "email": row["email"],
        "joined_at": row["joined_at"],
    }


def item(row: Row) -> Record:
    return {
        "sku": f"S-{row['n']}",
        "title": row["title"],
        "vendor_no": f"V-{row['vendor']}",
        "price": row["price"],
        "changed_at": row["changed_at"],
    }


def vendor(row: Row) -> Record:
    return {
        "vendor_no": f"V-{row['n']}",
        "vendor_name": row["vendor_name"],
        "region": row["region"],
        "joined_at": row["joined_at"],
    }


def till(row: Row) -> Record:
    """A line of Kaufhaus Nord's."""
    return {
        "Bestellnr": f"N-{row['order_no']}",
        "Pos": row["line_no"],
        "Artikelnr": f"{row['item']}",
        "Bezeichnung": row["title"],
        "Kundennr": f"{row['customer']}",
        "Vorname": row["first_name"],
        "Nachname": row["last_name"],
        "E-Mail": row["email"],
        "Kunde seit": row["joined_at"].date(),
        "Einzelpreis": row["unit_price"],
        "Menge": row["qty"],
        "Datum": row["sold_at"],
        "Geändert": row["changed_at"],
        "Status": "storniert" if row["cancelled"] else "offen",
        "Filiale": "Altona",
    }


def post(row: Row) -> Record:
    """An order of Hafenladen's."""
    total = sum((line["unit_price"] * line["qty"] for line in row["lines"]), Decimal(0))
    joined, changed = (row[name].replace(tzinfo=UTC) for name in ("joined_at", "changed_at"))
    return {
        "order_ref": f"HL-{row['order_no']}",
        "placed_at": f"{row['sold_at'].isoformat()}Z",
        "updated_ms": int(changed.timestamp() * 1000),
        "state": "cancelled" if row["cancelled"] else "paid",
        "buyer": {
            "id": f"c-{row['customer']}",
            "firstName": row["first_name"],
            "lastName": row["last_name"],
            "mail": row["email"],
            "since": int(joined.timestamp()),
        },
        "lines": [
            {
                "pos": line["line_no"],
                "sku": f"MUG-{line['item']}",
                "title": line["title"],
                "unitPrice": line["unit_price"],
                "qty": line["qty"],
            }
            for line in row["lines"]
        ],
        "payment": {"ref": f"p-{row['order_no']}", "kind": "PayPal", "total": f"{total} EUR"},
    }


SALES = Channel(
    "history-sales",
    "sales_of_day",
    sale,
    MODERN,
    (
        lacking("sku"),
        saying("unit_price", Decimal("-5.00"), "out_of_range"),
        saying("qty", 0, "out_of_range"),
    ),
    {"channel": "platform"},
)
CUSTOMERS = Channel("history-customers", "customers_of_day", customer, MODERN, (lacking("email"),))
ITEMS = Channel("history-items", "items_of_history", item, (COLUMNAR,), (lacking("title"),))
VENDORS = Channel(
    "history-vendors", "vendors_of_history", vendor, (COLUMNAR,), (lacking("region"),)
)
HISTORY_CUSTOMERS = replace(CUSTOMERS, query="customers_of_history", styles=(COLUMNAR,))
NORD = Channel(
    "kaufhaus-nord",
    "sales_of_day",
    till,
    (Style(Delimited(";", "cp1252", says=german), "csv"),),
    (lacking("Artikelnr"), saying("Einzelpreis", "teuer", "bad_type")),
    {"channel": "nord"},
)
HAFEN = Channel(
    "hafenladen",
    "orders_of_day",
    post,
    (Style(Lines(), "ndjson.gz", packed=True), Style(Array(), "json")),
    (lacking("order_ref"), saying("placed_at", "gestern", "bad_type")),
    {"channel": "hafen"},
)
DAILY = (SALES, CUSTOMERS, NORD, HAFEN)
"""What comes day by day."""
