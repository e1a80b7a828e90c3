"""THE HATCH: the shapes of what may cross the wall. It opens nothing."""
