"""The catalogue: one declaration of each payload key, from which everything else is derived."""
