"""`dalil eval`: how good the answers are, whether they got better, and where."""

from ui.cli.eval.app import app

__all__ = ["app"]
