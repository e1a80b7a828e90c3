"""Finding offers among a million: the engine's room (docs/decisions/0014-search.md).

It stands beside the gateways: above the chapters, whose queries it reads, and below the portals, which ask it. Inside:
beside → answering | proving | explaining | judging → finding | indexing → asking | store → shape → ranking | language → synonyms.
"""
