"""What is shipped: one room per step, in the way of a record, over contracts, lake and runtime."""
