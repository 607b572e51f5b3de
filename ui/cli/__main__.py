"""`python -m ui.cli`: the `dalil` command."""

from ui.cli.main import main

if __name__ == "__main__":
    main()
