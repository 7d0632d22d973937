"""Presentation: documents, problems and differences as pages show them."""
