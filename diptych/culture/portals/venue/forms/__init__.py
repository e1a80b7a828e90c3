"""Forms of the venue's portal: they read what was typed (euros with a comma, local times); rules stay in the chapters."""
