"""Changing Jupyter's config files: bytes edited in place, written whole, taken back, proven by Jupyter's own loader."""
