"""The supply chain: what is installed and shipped, of which bytes, under which licences."""
