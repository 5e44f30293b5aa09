"""Names that shops give to the contracts' columns, for drafts of mappings."""

SYNONYMS: dict[str, tuple[str, ...]] = {
    "transaction_id": (
        *("order", "order id", "order no", "order number", "order ref", "invoice no", "receipt no"),
        *("sale id", "bestellnr", "bestellnummer", "auftragsnr", "belegnr", "bon nr", "commande"),
    ),
    "line_no": ("line", "line number", "pos", "position", "row no", "item no in order", "zeile"),
    "item_id": (
        *("sku", "item", "item no", "item number", "item code", "product id", "product code"),
        *("product no", "article", "article no", "artikelnr", "artikelnummer", "art nr", "ean"),
    ),
    "customer_id": (
        *("customer", "customer no", "customer number", "client id", "client no", "buyer id"),
        *("user id", "member no", "kundennr", "kundennummer", "kunde id", "cust id"),
    ),
    "vendor_id": ("vendor", "vendor no", "seller", "seller id", "supplier id", "merchant id"),
    "category_id": ("category", "category no", "product group", "warengruppe"),
    "category": ("category id", "category no", "product group", "warengruppe"),
    "unit_price": ("price", "price each", "single price", "einzelpreis", "preis", "prix"),
    "price": ("unit price", "list price", "retail price", "einzelpreis", "preis", "prix"),
    "qty": ("quantity", "count", "pieces", "units", "menge", "anzahl", "stk", "quantite"),
    "total_price": ("total", "line total", "amount", "sum", "gesamtpreis", "gesamt", "betrag"),
    "sold_at": (
        *("date", "sold on", "order date", "ordered at", "order time", "purchased at", "placed at"),
        *("created at", "datum", "bestelldatum", "verkauft am", "timestamp"),
    ),
    "updated_at": ("updated", "changed", "changed at", "modified", "last modified", "geandert"),
    "item_name": (
        *("name", "title", "product", "product name", "description", "article name"),
        *("bezeichnung", "artikel", "artikelbezeichnung"),
    ),
    "first_name": ("first", "given name", "forename", "vorname", "prenom", "buyer first name"),
    "last_name": ("last", "surname", "family name", "nachname", "nom", "buyer last name"),
    "email": ("mail", "email address", "buyer email", "customer email", "email adresse"),
    "joined_at": (
        "joined",
        "signed up",
        "registered",
        "customer since",
        "since",
        "kunde seit",
        "created",
    ),
    "vendor_name": ("vendor", "seller", "seller name", "supplier", "merchant"),
    "category_name": ("category", "category title", "kategorie"),
    "region": ("area", "country", "state", "land"),
    "payment_id": ("payment", "payment no", "payment ref", "zahlungsnr"),
    "method": ("payment method", "paid by", "zahlart", "zahlungsart"),
    "amount": ("paid", "payment amount", "betrag", "total"),
    "paid_at": ("payment date", "paid on", "bezahlt am"),
    "review_id": ("review", "review no"),
    "rating": ("stars", "score", "bewertung"),
    "reviewed_at": ("review date", "date", "reviewed on"),
    "coupon_code": ("code", "voucher", "gutscheincode"),
    "coupon_id": ("coupon", "voucher id", "code"),
}
"""In whatever case and with whatever spaces; accents do not count."""
