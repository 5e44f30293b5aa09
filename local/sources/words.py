"""Names that shops give to the contracts' columns, for drafts of mappings.

English and what shop systems, marketplaces and tills call it; then German, French, Spanish,
Portuguese, Italian and Dutch. The better name comes first.
"""

SYNONYMS: dict[str, tuple[str, ...]] = {
    "transaction_id": (
        *("order id", "order no", "order number", "order nr", "amazon order id"),
        *("transaction id", "transaction no", "transaction number", "order ref", "order reference"),
        *("order", "order code", "sales order", "sales order number", "invoice no", "invoice id"),
        *("invoice number", "invoice", "receipt no", "receipt id", "receipt number", "receipt"),
        *("sale id", "sales id", "sales record number", "purchase id", "ticket no", "ticket"),
        *("basket id", "checkout id", "document no", "bill no", "voucher no"),
        *("bestellnr", "bestellnummer", "bestellung", "auftragsnr", "auftragsnummer", "belegnr"),
        *("bon nr", "rechnungsnr", "rechnungsnummer"),
        *("commande", "no commande", "numero commande", "numero de commande", "facture"),
        *("pedido", "id pedido", "numero pedido", "numero de pedido", "n pedido", "factura"),
        *("numero do pedido", "codigo do pedido", "nota fiscal", "venda"),
        *("ordine", "id ordine", "numero ordine", "fattura", "ordernummer", "factuurnummer"),
        *("reference commande", "vbeln"),
    ),
    "line_no": (
        *("line", "line number", "order line", "order line number", "line item", "line item no"),
        *("order item id", "order item", "pos", "position", "row no", "item no in order"),
        *("add to cart order", "zeile", "posten", "ligne", "linea", "linha", "riga", "regel"),
        "posnr",
    ),
    "item_id": (
        *("sku", "lineitem sku", "item sku", "product sku", "stock code", "item no", "item number"),
        *("item code", "product id", "product code", "product no", "product number", "article no"),
        *(
            "article id",
            "article number",
            "article",
            "asin",
            "part no",
            "part number",
            "ean",
            "upc",
        ),
        *("barcode", "gtin", "isbn", "listing id", "material", "plu"),
        *("artikelnr", "artikelnummer", "art nr", "artikel nr", "produktnummer"),
        *("reference", "ref produit", "code article", "code produit"),
        *("referencia", "codigo", "codigo producto", "codigo de producto", "codigo articulo"),
        *("codigo do produto", "codigo produto", "produto id"),
        *("codice", "codice articolo", "codice prodotto", "artikelcode"),
        *("item", "lineitem name", "product name", "item name", "item title", "product", "produkt"),
        *("artikel", "produit", "producto", "produto", "prodotto", "matnr"),
    ),
    "customer_id": (
        *("customer no", "customer number", "customer nr", "customer code", "cust id", "cust no"),
        *("client id", "client no", "buyer id", "buyer no", "user id", "member id", "member no"),
        *("account id", "account no", "shopper id", "household id", "loyalty card"),
        *("kundennr", "kundennummer", "kunde id", "kunden id"),
        *("id client", "no client", "numero client", "id cliente", "codigo cliente"),
        *("codigo do cliente", "numero cliente", "codice cliente", "klantnummer", "klantnr"),
        "kunnr",
        *("customer", "client", "buyer", "kunde", "cliente", "klant", "acheteur"),
        *("buyer username", "user name", "username", "buyer email", "customer email", "email"),
        *("mail", "billing email", "contact email", "email address"),
        *("customer name", "buyer name", "client name", "billing name", "full name"),
    ),
    "vendor_id": (
        *("vendor no", "vendor code", "seller id", "supplier id", "merchant id", "store id"),
        *("shop id", "vendor", "seller", "supplier", "merchant", "store", "shop"),
        *("lieferant", "haendler", "vendeur", "vendedor", "loja", "tienda", "negozio"),
        *("winkel", "boutique", "magasin"),
    ),
    "category_id": (
        *("category no", "category code", "category", "product category", "product group"),
        *("product line", "product type", "department", "aisle", "section", "warengruppe"),
        *("kategorie", "categorie", "categoria", "rayon", "departamento", "reparto"),
    ),
    "category": (
        *("category id", "category no", "category code", "product category", "product group"),
        *("product line", "product type", "department", "aisle", "section", "warengruppe"),
        *("kategorie", "categorie", "categoria", "rayon", "departamento", "reparto"),
    ),
    "unit_price": (
        *("lineitem price", "item price", "price", "price each", "price per unit", "single price"),
        *("sale price", "selling price", "sold price", "item cost", "unit cost", "rate"),
        *("einzelpreis", "stueckpreis", "stuckpreis", "preis", "prix unitaire", "prix"),
        *("precio unitario", "precio", "preco unitario", "preco", "prezzo unitario", "prezzo"),
        *("valor unitario", "stukprijs", "prijs"),
    ),
    "price": (
        *("list price", "retail price", "regular price", "unit price", "lineitem price"),
        *("item price", "price each", "price per unit", "sale price", "variant price", "msrp"),
        *("einzelpreis", "stueckpreis", "stuckpreis", "preis", "prix unitaire", "prix"),
        *("precio unitario", "precio", "preco unitario", "preco", "prezzo unitario", "prezzo"),
        *("valor unitario", "stukprijs", "prijs"),
    ),
    "qty": (
        *("quantity", "lineitem quantity", "quantity ordered", "quantity purchased"),
        *("order quantity", "item quantity", "ordered qty", "qty ordered", "units sold", "units"),
        *("pieces", "pcs", "count", "no of items", "volume"),
        *("menge", "anzahl", "stk", "stueck", "stuck", "quantite", "qte", "cantidad"),
        *("unidades", "quantidade", "qtd", "qtde", "quantita", "aantal", "kwmeng", "fkimg"),
    ),
    "total_price": (
        *(
            "line total",
            "item total",
            "total",
            "total amount",
            "amount",
            "sum",
            "sales",
            "subtotal",
        ),
        *("extended price", "net sales", "revenue", "gesamtpreis", "gesamt", "betrag", "summe"),
        *("montant", "total ligne", "importe", "valor total", "importo", "totale", "bedrag"),
        *("totaal", "sold for", "netwr"),
    ),
    "sold_at": (
        *("sold on", "sold", "order date", "order time", "order datetime", "ordered at"),
        *("ordered on", "purchase date", "purchased at", "placed at", "placed on", "invoice date"),
        *(
            "transaction date",
            "sale date",
            "sales date",
            "date of sale",
            "order purchase timestamp",
        ),
        *("checkout time", "date created gmt", "created at gmt", "date created", "created at"),
        *(
            "created date",
            "created",
            "paid at",
            "date",
            "datetime",
            "timestamp",
            "date time",
            "event time",
        ),
        *("event timestamp", "dt", "ds", "day", "erdat", "fkdat"),
        *("bestelldatum", "auftragsdatum", "rechnungsdatum", "verkauft am"),
        *("kaufdatum", "datum", "date commande", "date de commande", "date achat", "fecha"),
        *("fecha pedido", "fecha de venta", "fecha de compra", "data da venda", "data do pedido"),
        *("data da compra", "data ordine", "data vendita", "data", "besteldatum"),
    ),
    "updated_at": (
        *("updated", "changed", "changed at", "modified", "modified at", "last modified"),
        *("last updated date", "last updated", "last update", "date modified", "geandert"),
        *("geandert am", "modifie le"),
        *("actualizado", "atualizado em", "modificato", "gewijzigd"),
    ),
    "item_name": (
        *("item title", "product name", "lineitem name", "product title", "article name", "title"),
        *("product", "name"),
        *(
            "listing title",
            "bezeichnung",
            "artikelbezeichnung",
            "produktname",
            "artikel",
            "produkt",
        ),
        *("designation", "libelle", "produit", "producto", "nombre", "produto", "nome do produto"),
        *("prodotto", "item", "descripcion", "descricao", "descrizione", "omschrijving"),
        *("arktx", "maktx", "product description", "item description", "description"),
    ),
    "first_name": (
        *("first", "given name", "forename", "contact first name", "customer first name"),
        *("buyer first name", "billing first name", "vorname", "prenom", "nombre", "nome"),
        *("voornaam",),
    ),
    "last_name": (
        *("last", "surname", "family name", "contact last name", "customer last name"),
        *("buyer last name", "billing last name", "nachname", "familienname", "nom", "apellido"),
        *("apellidos", "sobrenome", "cognome", "achternaam"),
    ),
    "full_name": (
        *("customer name", "full name", "buyer name", "client name", "billing name", "customer"),
        *("buyer", "contact name", "kundenname", "nom client", "nombre cliente"),
        *("nome do cliente", "nome cliente", "klantnaam", "cliente", "kunde"),
    ),
    "email": (
        *("mail", "email address", "buyer email", "customer email", "billing email"),
        *("contact email", "email adresse", "adresse email", "correo", "correo electronico"),
    ),
    "joined_at": (
        *("joined", "signed up", "signup date", "registered", "registered at", "registration date"),
        *("customer since", "member since", "since", "kunde seit", "created", "created at"),
        *("inscrit le", "fecha alta", "data de cadastro"),
    ),
    "vendor_name": (
        *("seller name", "supplier name", "merchant name", "store name", "shop name", "vendor"),
        *("seller", "supplier", "merchant", "store", "shop", "lieferant"),
        *("vendeur", "vendedor", "loja", "tienda", "negozio", "winkel"),
    ),
    "category_name": (
        *("category", "category title", "product category", "product line", "department"),
        *("kategorie", "warengruppe", "categorie", "categoria"),
    ),
    "region": ("area", "country", "state", "province", "market", "land", "pays", "pais", "paese"),
    "interaction_id": ("event id", "interaction", "hit id"),
    "interaction_type": ("event type", "event name", "event", "action", "behavior", "behaviour"),
    "session_id": ("user session", "session", "visit id", "visitor session"),
    "occurred_at": ("event time", "event timestamp", "timestamp", "time", "datetime"),
    "device": ("device type", "platform"),
    "payment_id": ("payment", "payment no", "payment ref", "payment reference", "zahlungsnr"),
    "method": (
        *("payment method", "payment type", "payment", "paid by", "tender", "zahlart"),
        *("zahlungsart", "mode de paiement", "forma de pago", "forma de pagamento"),
    ),
    "amount": ("paid", "payment amount", "payment value", "amount paid", "betrag", "total"),
    "paid_at": ("payment date", "paid on", "bezahlt am"),
    "review_id": ("review", "review no"),
    "rating": ("stars", "score", "review score", "bewertung", "note"),
    "reviewed_at": ("review date", "review creation date", "date", "reviewed on"),
    "coupon_code": ("code", "voucher", "voucher code", "discount code", "gutscheincode"),
    "coupon_id": ("coupon", "voucher id", "code"),
}
"""In whatever case and with whatever spaces; accents do not count. `full_name` is no column, but
what first and last name can be cut out of."""

WORDS = {
    "interaction_type": {
        "view": ["product_view", "view_item", "pv", "detail"],
        "cart_add": ["cart", "add_to_cart", "addtocart"],
        "purchase": ["buy", "order", "transaction"],
    }
}
"""How sources say what a contract has few words for."""

NUMBERED = ("name", "number", "no", "nr", "ref", "id")
"""Under these an order's number may stand, if what stands there looks like one."""
