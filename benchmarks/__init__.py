"""How fast, and against what: every figure stands beside a floor or a peer of the same run."""
