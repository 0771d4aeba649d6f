"""`python -m mcdeconv.paper.quotes`: write out/quotes.json, which the book is built with."""

import json

from mcdeconv.files import make_folder, write_whole
from mcdeconv.paper.quotes import quotes
from mcdeconv.runs.library import Library

if __name__ == "__main__":
    path = (root := Library.here().root) / "out/quotes.json"
    make_folder(path.parent)
    write_whole(path, (json.dumps(quotes(root), indent=1, ensure_ascii=False) + "\n").encode())
