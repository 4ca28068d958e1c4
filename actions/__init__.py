"""Custom actions: slots in, one call to a service, a response and events out."""
