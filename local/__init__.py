"""The laptop's cloud: emulator, warehouse stand-in, deploy, demo. Nothing outside imports it."""
