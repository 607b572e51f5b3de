"""Runs beside each other: intervals, differences that are no chance, the gate of CI."""
