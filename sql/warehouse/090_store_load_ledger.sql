-- load_ledger: one row for each delta that was loaded. Its lock is what keys are elsewhere: one
-- load at a time, so that "newer than what is stored" is decided on a settled table.
-- applied counts the staged rows that were newer; loaded_at is for people, nothing orders by it.
-- DISTSTYLE ALL: small. SORTKEY loaded_at: it only grows at the end.
CREATE TABLE IF NOT EXISTS store.load_ledger (
    run VARCHAR(128) NOT NULL,
    table_name VARCHAR(64) NOT NULL,
    retry INTEGER NOT NULL,
    applied BIGINT NOT NULL,
    loaded_at TIMESTAMP DEFAULT SYSDATE,
    PRIMARY KEY (run, table_name)
)
DISTSTYLE ALL
SORTKEY (loaded_at);
