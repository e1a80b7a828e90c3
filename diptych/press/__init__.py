"""The press: what is printed from the code, and checked against it.

Holds the pages of docs/generated and the gathering of the screens' sentences into the .po files. Run it with
`python -m diptych.press`, or through make. Nothing of the running service imports it.
"""
