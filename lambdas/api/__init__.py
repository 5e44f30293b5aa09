"""The operational API: HTTP -> use case -> one DynamoDB table."""
