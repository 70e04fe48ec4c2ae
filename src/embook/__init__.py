"""The library of the book: one module for each chapter, and a few rooms."""
