"""Schools: the institutions that take classes out, by UAI."""
