"""Policies: YAML, CSV and CEL text in, a compiled, digested release out.

The way through: `folder` hands on bytes, `text` reads them with every place kept, `source` gives them their shape, `compile` checks
names and expressions, `law` checks what a lawyer would, and `release` pins the packages that a server runs. Faults come all at once
per stage (`licet.language.faults.PolicyError`); a release with a fault never loads.
"""
