"""Logger, tracer and settings of a function, the same in every room."""
