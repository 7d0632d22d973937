"""The web layer: what stands around every page, whatever it shows."""
