"""Outlet profiles: what whoever keeps a library knows of the pages of a site."""
