-- First: a transaction's snapshot is taken by its first query, and must be taken after the wait.
LOCK store.load_ledger;
