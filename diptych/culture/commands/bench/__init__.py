"""`diptych culture bench …`: speed and safety of booking, measured on the server as in production.

Holds the commands. The world, the peer, the load and the rush are beside.
"""
