"""Synthetic data of all sources with a known truth: what was made, and what has to become of it."""
