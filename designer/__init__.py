"""How a person or a program reaches Profile Designer: settings, pages, commands."""
