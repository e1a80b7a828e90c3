"""The cohort language: nodes, meaning, wire formats, plan, engines, disclosure, count."""
