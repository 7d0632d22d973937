"""Reading: the bytes of any file as a document, with nothing lost."""
