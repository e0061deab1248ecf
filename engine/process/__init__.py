"""Run BPMN processes; the only package that knows SpiffWorkflow.

A process instance at rest is a run of bytes.  No database, no files, no HTTP, no clock.
"""
