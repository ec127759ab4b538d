"""The `licet` command: decide a shipment, explain the answer, check policies, run the server.

`shipment` reads a file into a request, `local` (by the choice of `engines`) and `remote` get a decision for it, `second_opinion`
asks what durable-rules says of one, `report`, `explain` and `opinions` show them to people, `main` is the command line and `demo`
the tour.
"""
