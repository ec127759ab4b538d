"""Engines: which rules of a package fire for a case.

`protocol` says what every engine promises; `reference` is the meaning itself.
"""
