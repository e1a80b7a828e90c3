"""What a clock starts: one job a file. Parses, calls one operation, reports."""
