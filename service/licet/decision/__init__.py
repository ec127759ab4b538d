"""The decision: a transaction and a release in, a `Result` out. Pure: no clock, no randomness, no environment, no files.

The way through: `check` refuses what cannot be meant, `canonical` makes order and gaps meaningless, `matching` finds and explains,
`assuming` keeps only the assumptions that matter, `resolution` runs floor and ceiling, `disposition` says what an ERP acts on,
`questions`, `trace`, `coverage` and `summary` tell why, and `decide` joins them.
"""
