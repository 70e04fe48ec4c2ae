"""The laws of the house: each function returns its complaints, or none.

tests/test_house.py holds the book to them, and shows that each can fail.
"""
