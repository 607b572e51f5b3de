"""How good the answers are: cases asked of the assistant, judged, compared, kept from falling.

`case` and `sources` read cases, `system` asks them, `judge` scores the answers by `measures` and
`overlap`, `summary` adds up, `runs` keeps, `compare` and `gate` tell a change, `report` shows.
`retrieval` measures the search alone, `bench` time, and `studies` chose its weights.
"""
