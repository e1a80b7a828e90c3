"""What a clock starts for research."""
