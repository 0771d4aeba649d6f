"""What is solved: data sets, photographs, the region and the kernel size to solve with."""
