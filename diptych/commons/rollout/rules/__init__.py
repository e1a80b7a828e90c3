"""Rules of the roll-out: who has a feature (`opening`), when a guard stops it (`guards`), what a plan may say (`form`)."""
