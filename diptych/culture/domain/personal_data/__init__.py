"""Personal data: what is held about somebody, why, until when; giving it, correcting it, and forgetting it."""
