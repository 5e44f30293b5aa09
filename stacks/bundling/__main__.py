"""`python -m stacks.bundling` compiles the pins; `--upgrade` also takes newer versions."""

from __future__ import annotations

import argparse

from stacks.bundling.bundler import ROOT
from stacks.bundling.pins import compile_pins

parser = argparse.ArgumentParser(prog="python -m stacks.bundling", description=__doc__)
parser.add_argument("--upgrade", action="store_true", help="ignore the versions pinned so far")
compile_pins(ROOT, upgrade=parser.parse_args().upgrade)
