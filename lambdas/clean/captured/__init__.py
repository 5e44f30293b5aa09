"""What the API changed, as capture wrote it: gzip NDJSON of stream records."""
