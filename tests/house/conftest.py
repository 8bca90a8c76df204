"""Fixtures that the tests of the whole house share."""

from tests.house.refused import world

__all__ = ["world"]
