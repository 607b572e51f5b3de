"""`dalil eval`: how good the answers are, whether they got better, and where."""

from ui.evaluating.app import app

__all__ = ["app"]
