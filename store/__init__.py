"""SQL behind the service: tables, mappings, repositories, one unit of work. SQLite by default, PostgreSQL by DATABASE_URL."""
