"""The report of a study: one file that needs no network."""
