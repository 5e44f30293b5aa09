"""A vendor's file of items -> items of the operational table, each row once."""
