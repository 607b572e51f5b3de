"""What a library is kept safe by: faults told, rows checked, backups, repair."""
