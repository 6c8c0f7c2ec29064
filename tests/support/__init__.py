"""What tests of several folders share: the engine's projects and the emulated cloud behind them."""
