-- date: every day that a sale refers to.
-- DISTSTYLE ALL: 366 rows a year that every report joins.
-- SORTKEY date_id: reports ask for ranges of days.
-- Only the key is NOT NULL, as in every table of the store.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store."date" (
    date_id INTEGER NOT NULL,
    year INTEGER,
    month INTEGER,
    day INTEGER,
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (date_id)
)
DISTSTYLE ALL
SORTKEY (date_id);
