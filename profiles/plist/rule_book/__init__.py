"""The rule book: every diagnostic, for terminals, pages and docs/rules.md."""
