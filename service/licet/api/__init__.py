"""The gRPC service: the edge of Licet, where clocks, ids, threads and sockets are.

The way through: `settings` are read once, `server` starts whole or not at all, `interceptors` guard every call,
`licensing` and `policies` answer, and `errors` says how a caller sees what went wrong.
"""
