"""Documents and property lists: what a profile is in memory, and how it is written, read, checked and compared."""
