"""What every deployment must hold to: our checks, reasoned exceptions, the reviewed snapshot.

All of it reads synthesized templates only; `python -m local.check` runs it, with cdk-nag's packs.
"""
