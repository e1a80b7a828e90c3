"""Generative: worlds and questions drawn at random, the engine beside the meaning."""
