"""One module for each payload type; `registry.py` finds them by themselves."""
