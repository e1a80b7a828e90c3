"""Drawn: worlds and questions drawn at random, small enough that everything meets everything."""
