"""What operators call; every request is authenticated and every act audited."""
