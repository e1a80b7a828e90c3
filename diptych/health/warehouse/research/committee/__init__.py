"""The scientific and ethics committee that decides on access."""
