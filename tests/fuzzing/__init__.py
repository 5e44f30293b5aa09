"""Requests that nobody thought of: schemathesis makes them up from the API's own document."""
