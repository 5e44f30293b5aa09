"""What the documentation shows of the code: generated blocks in its pages."""
