"""The back office: support, fraud, editorial, finance."""
