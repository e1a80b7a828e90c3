"""Keys: one secret a project, in the hands of a process of its own, which answers pseudonyms and never the key.

`keyring` holds the folder, `service` the process, `client` what asks it; `frames` is how the two speak.
"""
