"""The locked room's own door: pages for those who work in it, in a process that research does not import. They show counts, codes and
states; no page shows a row of anybody's."""
