"""Vectors of many passages, made before the library takes them up, here or on many machines."""
