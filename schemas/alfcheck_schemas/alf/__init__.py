"""Contracts for what ALF itself defines, and for the objects of spike sorting that labs share."""
