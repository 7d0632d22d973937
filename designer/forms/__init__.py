"""Forms that are made from the catalogue."""
