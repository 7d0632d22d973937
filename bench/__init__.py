"""What the designer costs, as ratios of things measured side by side: `python -m bench`."""
