"""Where people and programs meet Dalil: for now the `dalil` command."""
