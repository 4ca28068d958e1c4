"""Reviewed answers, the search over them, and the statutes they stand on. Imports nothing of ours."""
