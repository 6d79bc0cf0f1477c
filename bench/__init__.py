"""`make bench`: both sides of every comparison in one run, into results/latest.json."""
