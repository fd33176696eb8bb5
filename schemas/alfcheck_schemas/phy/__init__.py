"""Contracts for objects in the namespace of phy."""
