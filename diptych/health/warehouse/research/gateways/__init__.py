"""Other systems that research speaks to, each with its fake."""
