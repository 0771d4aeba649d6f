"""`python -m mcdeconv`, for machines without an installation."""

from mcdeconv.cli.main import main

main()
