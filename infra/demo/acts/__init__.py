"""The nine steps of the demo, a module each; every one has `async def play(stage: Stage) -> None`."""
