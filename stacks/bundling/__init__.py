"""What functions ship: a dependency bundle per role and the rooms' own code, without Docker."""

from stacks.bundling.bundler import Bundler, MissingBytecodeWarning
from stacks.bundling.pins import Role
from stacks.bundling.tools import BundleError

__all__ = ["BundleError", "Bundler", "MissingBytecodeWarning", "Role"]
