"""People's roles: engineer, scientist, analyst, and what each may do.

`table` says it by zone; `statements` turns that into policies, `trust` says who may become whom,
`stack` deploys it. What the bucket itself refuses, whoever asks, is in `stacks/denies.py`.
"""
