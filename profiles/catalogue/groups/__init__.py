"""Groups of keys that several payload types share."""
