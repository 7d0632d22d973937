"""Settings: what the environment says, read and checked, before Django is there."""
