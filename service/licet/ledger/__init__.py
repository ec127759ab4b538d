"""The ledger: every decision recorded before it is answered, in a tree that proves that nothing was changed."""
