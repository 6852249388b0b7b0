"""The only code that imports Prefect, and the command line: when and in which order the stages run."""
