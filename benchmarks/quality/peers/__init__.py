"""The competitors, each a program that trains on one split and says its scores."""
