"""The hinge: what both panels need, and nothing that only one of them wants.

Holds plain Python here and the Django parts in `web`. If one service alone wants a thing, it goes home to that service.
"""
