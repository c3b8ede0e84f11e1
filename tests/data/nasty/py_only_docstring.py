"""Mine."""
