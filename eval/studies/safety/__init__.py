"""Studies of what damage, backups and full disks do to a library."""
