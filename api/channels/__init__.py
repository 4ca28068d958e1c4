"""How citizens reach the service: each channel verifies, keeps the message, and hands over."""
