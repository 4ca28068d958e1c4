"""The service: conversations, appointments, applications, hand-offs, workstations, the ledger."""
