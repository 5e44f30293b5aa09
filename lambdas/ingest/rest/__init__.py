"""Pulls of REST APIs: page by page into a snapshot, within bounds, with a credential that stays."""

from lambdas.ingest.rest.pull import pull_rest

__all__ = ["pull_rest"]
