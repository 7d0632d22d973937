"""Rules between keys that no `required`, `revealed_by` or range can say."""
