"""`python -m mcdeconv`, for machines without an installation."""

from mcdeconv.cli import main

main()
