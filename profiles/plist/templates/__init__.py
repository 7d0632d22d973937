"""Templates: variables, locked and asked keys, and what is made from them."""
