"""HCPs, AI experts and organisations: views on the arrays of a run, and their month in Python."""
