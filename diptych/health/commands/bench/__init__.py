"""Benchmarks of the data department: each figure beside the limit or the peer, in the same run."""
