"""What the commands do: read, call the package, print, write. Nothing here is needed from Python."""
