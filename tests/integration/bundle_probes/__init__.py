"""Scripts that use a bundle in an interpreter that sees nothing else; test_bundles.py runs them."""
