"""Lists of people: any file of separated cells as rows of text."""
