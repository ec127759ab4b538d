"""The messages and services of the API, generated from `proto/licet/v1` by `scripts/gen_protos.py`."""
