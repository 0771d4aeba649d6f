"""Write the numbers that the book's prose quotes, as JSON: `python workflow/quote.py out/quotes.json`."""

import json
import sys
from pathlib import Path

from book_numbers import numbers

from mcdeconv.files import make_folder, write_whole
from mcdeconv.runs.library import Library


def main() -> None:
    path = Path(sys.argv[1])
    make_folder(path.parent)
    write_whole(path, json.dumps(numbers(Library.here().root), indent=1, ensure_ascii=False).encode())


if __name__ == "__main__":
    main()
