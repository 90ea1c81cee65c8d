"""What `study=compare` asks of its runs: policies (or scenarios) against the first of them."""
