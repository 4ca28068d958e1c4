"""Code that runs inside the dialogue server (Rasa 3.6.21, Python 3.10)."""
