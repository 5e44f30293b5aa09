"""Mappings of sources, at a desk: a draft out of samples, a try, a schema for editors."""
