"""Processes: web server, workers and scheduler, started and watched."""
