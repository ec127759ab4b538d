"""Licet: may this shipment, release or deal go, under which law, on which conditions, and why."""

__version__ = "0.1.0"
