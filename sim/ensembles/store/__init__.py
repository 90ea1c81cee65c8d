"""The run store: a sweep loses no work, whatever stops it.

While a sweep runs, a folder holds `store.json` (what was asked for), `chunks/` (runs that are done)
and a lock. When all runs are done the result tables take the place of the chunks.
"""
