"""The list of every action, for the executor and for the check against domain.yml."""

from actions.answers import ActionAnswerQuestion, ActionHandleFallback, ActionRepeat
from actions.application_requests import ActionChangeApplication
from actions.applications import ActionSubmitApplication, ActionTellProgress
from actions.appointments import ActionBookAppointment, ActionCancelAppointment, ActionChangeAppointment
from actions.base import HotlineAction
from actions.complaints import ActionStartComplaint
from actions.eligibility import (
    ActionAssessEligibility,
    ActionCorrectFacts,
    ActionExplainQuestion,
    ActionResume,
    ActionTakeInformation,
)
from actions.handoffs import ActionAlertOperator, ActionHandOver, ActionWelcomeSafe
from actions.journeys import ActionContinueJourney
from actions.ratings import ActionRateService
from actions.workstations import ActionReferToWorkstation

ALL_ACTIONS: tuple[type[HotlineAction], ...] = (
    ActionAnswerQuestion,
    ActionHandleFallback,
    ActionRepeat,
    ActionAssessEligibility,
    ActionTakeInformation,
    ActionCorrectFacts,
    ActionExplainQuestion,
    ActionResume,
    ActionBookAppointment,
    ActionChangeAppointment,
    ActionCancelAppointment,
    ActionSubmitApplication,
    ActionTellProgress,
    ActionChangeApplication,
    ActionReferToWorkstation,
    ActionHandOver,
    ActionAlertOperator,
    ActionContinueJourney,
    ActionWelcomeSafe,
    ActionRateService,
    ActionStartComplaint,
)
