"""The embedded starter model: its training pictures, its trainer and its weights."""
