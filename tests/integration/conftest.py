"""Real parts as fixtures, each in a module of its own."""

from tests.integration.emulator import emulator

__all__ = ["emulator"]
