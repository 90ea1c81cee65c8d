"""`python -m sim story`: one life, or one organisation, of a run, in words."""
