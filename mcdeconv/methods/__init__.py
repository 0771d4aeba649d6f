"""The methods that are compared, one file or folder each."""
