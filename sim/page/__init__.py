"""The model where readers meet it without a command line: a page in the browser, and Mesa's own view."""
