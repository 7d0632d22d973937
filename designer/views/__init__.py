"""One screen a file, named like the service behind it."""
