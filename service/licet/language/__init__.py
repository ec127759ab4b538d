"""The condition language: CEL text in, a small typed tree out, and what that tree means in three values.

The way through: `environment` declares what an expression may name, the official CEL checker types it, `lowering` turns the
checked tree into `tree`, and `walk` says what a tree means for given facts.
"""
