"""Measurements, `licet bench`: contenders take turns in one run, and ratios stand beside times. Nothing here passes or fails.

`command` is what is called; `matching`, `decision` and `server` are its three parts.
"""
