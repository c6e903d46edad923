"""The page Signatures: what can be called, a form that calls it, what came out."""
