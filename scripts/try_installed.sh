#!/bin/sh
# An installed mcdeconv shows its help and deblurs a picture, away from the checkout.
#   scripts/try_installed.sh PYTHON
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"
"$1" -c '
import numpy as np
from skimage import data, filters, io
io.imsave("photo.png", np.uint8(255 * filters.gaussian(data.camera()[100:260, 180:340], 1.5)))'
"$1" -m mcdeconv --help > help
grep -q deblur help
"$1" -m mcdeconv deblur photo.png -o sharp.png --method cho-lee --kernel-size 9
test -s sharp.png
"$1" -c 'import mcdeconv; print("tried:", mcdeconv.__file__)'
