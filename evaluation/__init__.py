"""How good the system is, in figures: JSON Lines in, JSON figures out."""
