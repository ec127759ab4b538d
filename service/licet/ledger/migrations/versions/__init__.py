"""The scripts, in the order in which they are applied."""
