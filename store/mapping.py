"""Ties the service's dataclasses to the tables, so that a thing has one shape from rule to row."""

from sqlalchemy.orm import registry

from hotline.applications import Application
from hotline.appointments import Appointment, AppointmentChange
from hotline.complaints import Complaint
from hotline.consultations import Consultation
from hotline.conversations import Button, Conversation, Event
from hotline.handoffs import Handoff
from hotline.operators import AuditEntry, Operator, OperatorSession
from hotline.ratings import Rating
from store import tables

mappings = registry(metadata=tables.metadata)

for entity, table in {
    Conversation: tables.conversations,
    Event: tables.events,
    Button: tables.buttons,
    Handoff: tables.handoffs,
    Appointment: tables.appointments,
    AppointmentChange: tables.appointment_changes,
    Application: tables.applications,
    Consultation: tables.consultations,
    Rating: tables.ratings,
    Complaint: tables.complaints,
    Operator: tables.operators,
    OperatorSession: tables.operator_sessions,
    AuditEntry: tables.audit,
}.items():
    mappings.map_imperatively(entity, table)
