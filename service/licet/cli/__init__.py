"""The `licet` command: decide a shipment, explain the answer, check policies, run the server.

`shipment` reads a file into a request, `local` and `remote` get a decision for it, `report` and `explain` show one to people,
`main` is the command line and `demo` the tour.
"""
