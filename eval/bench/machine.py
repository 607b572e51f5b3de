"""What a run was made on: the processor, its memory, the commit, and the libraries beside Dalil."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def cpu() -> str:
    """Return the processor's name, as the system gives it."""
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(iter(names), platform.processor() or platform.machine())


def commit() -> str:
    """Return the commit of the code, "-dirty" behind it if files are changed, or "unknown"."""
    root = Path(__file__).parents[2]
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()


def described() -> dict[str, str | float]:
    """Return the machine in words and numbers, with what else it had to do (`load_average`).

    Names neither the machine nor who uses it.
    """
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": cpu(),
        "cores": float(os.cpu_count() or 1),
        "memory_mb": round(pages * page / 1e6),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_average": round(os.getloadavg()[0], 1),
    }


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Return the versions of those `packages` that are installed.

    >>> versions(["numpy", "no-such-package"]).keys()
    dict_keys(['numpy'])
    """
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
