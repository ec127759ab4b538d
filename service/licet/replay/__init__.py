"""Replay: a recorded decision is computed again, under its own release, and compared with the record."""
