"""A stand-in for the module ray: what was given last is done first, in this process."""

from functools import partial
from types import SimpleNamespace


class RayError(Exception):
    pass


class RayTaskError(RayError):
    def __init__(self, cause):
        super().__init__(f"a trace of many lines\n{cause}")
        self.cause = cause


class RayCluster:
    """A machine with `cores`, and one that was lost; no worker survives the text `killing`."""

    exceptions = SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError)

    def __init__(self, cores=2.0, killing=None):
        self.cores, self.killing = cores, killing
        self.tasks, self.options = {}, {}
        self.most, self.running = 0, False

    def init(self, address, **_):
        if address != "local":
            raise ConnectionError("nobody answers at that address")
        self.running = True

    def shutdown(self):
        self.running = False

    def nodes(self):
        return [
            {"Alive": True, "Resources": {"CPU": self.cores, "memory": 1e9}},
            {"Alive": False, "Resources": {"CPU": 64.0, "GPU": 8.0}},
        ]

    def remote(self, **options):
        self.options = options
        return lambda function: SimpleNamespace(remote=partial(self._give, function))

    def _give(self, function, *given):
        self.tasks[len(self.tasks)] = function, given
        return len(self.tasks) - 1

    def wait(self, going):
        self.most = max(self.most, len(going))
        return going[-1:], going[:-1]

    def get(self, number):
        function, given = self.tasks[number]
        if self.killing in given[-1]:
            raise RayError("the worker died")
        try:
            return function(*given)
        except Exception as error:
            raise RayTaskError(error) from error
