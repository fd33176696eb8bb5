"""Contracts for objects in the namespace of the International Brain Laboratory."""
