"""Rules of the collective chapter: pure decisions and dated tables, in named modules."""
