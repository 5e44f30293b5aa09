"""What other sources sent: read by their bytes, and mapped by their mapping files, part by part."""
