"""One life of a run, or the history of one organisation, in words."""
