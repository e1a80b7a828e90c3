"""Go through numbered worlds: `python -m tests.health.generative FIRST LAST`. Says the seeds that tell the two apart."""

import sys
from random import Random

from rich.progress import track

from .compared import compared

first, last = (int(word) for word in sys.argv[1:3])
failed = 0
for seed in track(range(first, last), "worlds"):
    for difference in compared(Random(seed)):
        failed += 1
        print(f"seed {seed}: {difference}")
print(f"{last - first} worlds: {failed} differences")
sys.exit(bool(failed))
