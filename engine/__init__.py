"""Carry estates through onboarding.  Knows no HTTP."""
