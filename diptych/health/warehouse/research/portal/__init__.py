"""What researchers and committee members see."""
