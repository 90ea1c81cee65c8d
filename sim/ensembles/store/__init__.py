"""The run store: a sweep loses no work, whatever stops it.

While a sweep runs, a folder holds `store.json` (what was asked for), `runs.unfinished` (runs that
are done) and a lock. When all runs are done the result tables take the place of `runs.unfinished`.
"""

# Files of a finished store that are read again when it is extended, merged or told of
MANIFEST, PROVENANCE = "store.json", "provenance.json"
RUNS, MONTHS = "runs.parquet", "months.parquet"
SINGLE_MONTHS = "paths.parquet"  # months of single runs, where months.parquet does not hold them
# Of a search for parameters: what was tried
TRIED = "tried.csv"
# Of a search for mixes: what was tried, and the folder of the best as policies' files
SEARCHED, MIXES = "searched.csv", "mixes"
