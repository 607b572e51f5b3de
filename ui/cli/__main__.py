"""`python -m ui.cli`: the `dalil` command."""

from ui.cli.main import main

main()
