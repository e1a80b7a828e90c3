"""Roll-out: what is new opens by dated rules over place, age, cohort and share of people, and stops by itself when it goes wrong."""
