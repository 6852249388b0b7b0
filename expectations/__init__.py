"""The gates: the only code that imports Great Expectations (and pandas, which it reads)."""
