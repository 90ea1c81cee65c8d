"""nasss-sim: will this healthcare AI still be used in five years, and what would change that?"""

__version__ = "0.1.0"
