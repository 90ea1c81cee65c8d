"""The version, apart from the package's own module so that any layer may name it."""

__version__ = "0.3.0"
