"""Who asks, and whether they may: users, sessions, keys, the guard before everything."""
