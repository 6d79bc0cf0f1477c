"""Real pipelines, tiny and random."""
