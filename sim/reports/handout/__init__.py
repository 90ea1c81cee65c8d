"""A handout: two pages about a scenario, for a class."""
