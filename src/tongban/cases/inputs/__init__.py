"""Inputs of acts as objects: how each is checked, which field a form has for it, how it is shown.

A line of a procedure's table names its inputs; the kernel, every form, every page and the API ask the same object. A
door may bring a kind of input of its own: a subclass of `Input`. Not for what an act does with them: effects.
"""

from .dates import Day, Moment
from .files import Files
from .linked import CaseChoice, Colleague
from .numbers import Amount, Grade, Number, grade_name
from .one import Asking, Input, checked
from .options import Choice, Choices, Flag
from .registered import AgainstUnit, MatterChoice, PlaceChoice, UnitChoice, UnitChoices
from .sites import SiteAddress
from .texts import EMAIL, Line, Text, clean_text, normal_email, normal_phone

__all__ = [
    "EMAIL", "AgainstUnit", "Amount", "Asking", "CaseChoice", "Choice", "Choices", "Colleague", "Day", "Files", "Flag",
    "Grade", "Input", "Line", "MatterChoice", "Moment", "Number", "PlaceChoice", "SiteAddress", "Text", "UnitChoice",
    "UnitChoices", "checked", "clean_text", "grade_name", "normal_email", "normal_phone",
]  # fmt: skip
