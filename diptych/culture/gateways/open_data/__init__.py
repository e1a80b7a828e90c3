"""Open data: the official files, read as their publishers issue them, with one file here for each format.

Holds the shapes of those files, their readers and what is wrong with a file or a row. Does not write anything: the
chapters' operations do, in one transaction, from the rows that come out of here.
"""
