"""Fetches what others keep in databases and behind APIs, and puts it under raw/ as it is."""
