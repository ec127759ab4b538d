"""Scenarios beside the rules: what a lawyer expects of shipments, run against the policies.

`files` finds the `*.cases.yaml` of a folder; `source` reads them, with `changes` (what a case changes of the base shipment),
`rows` (a case for each of some rows of a table) and `known` (names that exist); `witness` decides a case and notes every rule's
verdict; `checks` compares; `because` says why not; `tally` counts which rules were exercised; `telling` prints.
"""
