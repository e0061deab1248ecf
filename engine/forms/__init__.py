"""Forms: what a user task asks, as a strict subset of form-js; reads answers exactly and keeps them as JSON.

The subset and our properties: ``docs/forms.md``.
"""

from engine.forms import checks
from engine.forms.answers import describe, dump, load, number, printed, read, submittable
from engine.forms.form import Field, Form, parse

__all__ = ["Field", "Form", "checks", "describe", "dump", "load", "number", "parse", "printed", "read", "submittable"]
