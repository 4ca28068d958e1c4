"""The gateway: channels, operators' console API, the actions webhook, health and metrics."""
