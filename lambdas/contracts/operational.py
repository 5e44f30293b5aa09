"""The operational table's keys and indexes: the API reads by them, the shop's stack makes them."""

from __future__ import annotations

from dataclasses import dataclass

PARTITION_KEY, SORT_KEY = "PK", "SK"
"""Both are strings."""


@dataclass(frozen=True)
class Index:
    """A global secondary index that holds nothing but keys.

    An item is in it exactly if it has both attributes. `partition_type` is DynamoDB's: S or N;
    the sort attribute is a string.
    """

    name: str
    partition: str
    partition_type: str
    sort: str


NAME_KEY = "name_key"
"""Sorts entities by name. Only what is to be found in lists has one; deleted entities have not."""

BY_NAME = Index("by_name", "entity", "S", NAME_KEY)
BY_VENDOR = Index("by_vendor", "offered_by", "N", NAME_KEY)
BY_CATEGORY = Index("by_category", "category", "N", NAME_KEY)
BY_CUSTOMER = Index("by_customer", "customer_id", "N", "sold_at")
"""Transactions: nothing else has both a customer and a time of sale."""

INDEXES = (BY_NAME, BY_VENDOR, BY_CATEGORY, BY_CUSTOMER)
