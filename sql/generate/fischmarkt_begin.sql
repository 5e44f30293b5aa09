-- Fischmarkt's database. Who may read it stays as it was.
BEGIN;
CREATE TABLE IF NOT EXISTS articles (
    sku text PRIMARY KEY,
    title text,
    price numeric(12, 2),
    changed_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS articles_changed ON articles (changed_at, sku);
CREATE TABLE IF NOT EXISTS receipt_lines (
    id bigserial PRIMARY KEY,
    receipt text NOT NULL,
    line int NOT NULL,
    sku text,
    customer int,
    qty int,
    unit_price numeric(12, 2),
    sold_at timestamptz,
    training boolean NOT NULL
);
CREATE TABLE IF NOT EXISTS customers (
    id int PRIMARY KEY,
    first_name text,
    last_name text,
    email text,
    since timestamptz
);
TRUNCATE articles, receipt_lines, customers;
