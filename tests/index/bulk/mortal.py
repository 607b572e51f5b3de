"""A fake encoder whose first worker dies by kill -9 in the middle of its work."""

import os
import signal
import time
from pathlib import Path

from tests.conftest import HashEncoder


class MortalEncoder(HashEncoder):
    """Its name is a file, which the process that is to die makes before it does."""

    def encode_passages(self, texts):
        time.sleep(0.02)
        try:
            Path(self.name).touch(exist_ok=False)
        except FileExistsError:
            return super().encode_passages(texts)
        os.kill(os.getpid(), signal.SIGKILL)


def load(name):
    return MortalEncoder(name, 16)
