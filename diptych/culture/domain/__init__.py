"""What is true of the pass and what may change. One chapter a folder; knows no HTTP and no other organisation."""
