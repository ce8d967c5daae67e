"""Servers that are not the API server: Prometheus, and whoever takes notifications."""
