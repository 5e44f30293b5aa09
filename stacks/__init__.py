"""What `cdk deploy` creates: one file a stack, over a few shared constructs."""
