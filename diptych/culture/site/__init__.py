"""The wiring of the pass: Django settings, root addresses, WSGI entry, demo. Decides nothing."""
